import { pointAt, valueAt } from "../../app/charts/js/crosshair.js"
import { equal, test } from "./harness.js"

const curve = { x: [0, 10, 20], y: [5, 6, 7] }

test("the value without a pointer is the last one", () => equal(valueAt(curve, null), 7))
test("the value at the pointer is that of the nearest point", () => equal([valueAt(curve, 9), valueAt(curve, 0)], [6, 5]))
test("the position that is named is that of a point", () => equal(pointAt([curve], 9), 10))
test("without curves it is the pointer's own", () => equal(pointAt([], 9), 9))
