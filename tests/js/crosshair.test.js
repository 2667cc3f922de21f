import { boundsAt, entryName, pointAt, valueAt } from "../../app/charts/js/crosshair.js"
import { equal, test } from "./harness.js"

const curve = { x: [0, 10, 20], y: [5, 6, 7] }

test("the value without a pointer is the last one", () => equal(valueAt(curve, null), 7))
test("the value at the pointer is that of the nearest point", () => equal([valueAt(curve, 9), valueAt(curve, 0)], [6, 5]))
test("the position that is named is that of a point", () => equal(pointAt([curve], 9), 10))
test("without curves it is the pointer's own", () => equal(pointAt([], 9), 9))

const reward = { run: "a", key: "eval/reward", x: [0, 10], y: [0.5, 0.7] }
const edges = [
  { ...reward, key: "eval/reward:low", interval: true, y: [0.4, 0.65] },
  { ...reward, key: "eval/reward:high", interval: true, y: [0.6, 0.75] },
]

test("an interval stands behind its value, at the pointer too", () => {
  equal(boundsAt([reward, ...edges], reward, null), " 0.650–0.750")
  equal(boundsAt([reward, ...edges], reward, 1), " 0.400–0.600")
})
test("without an interval nothing stands there", () => equal(boundsAt([reward], reward, null), ""))
test("an interval is hidden with its curve", () => equal(entryName(edges[0]), entryName(reward)))
