import { smoothed } from "../../app/charts/js/smoothing.js"
import { equal, test } from "./harness.js"

test("the first value is that of the first point, and a constant stays what it is", () => {
  equal(smoothed([4, 4, 4], 0.9).map((value) => value.toFixed(6)), ["4.000000", "4.000000", "4.000000"])
})

test("half of the former average stays at weight one half", () => {
  equal(smoothed([0, 3], 0.5), [0, 2]) // (0.25 * 0 + 0.5 * 3) / 0.75
})

test("without weight nothing is changed", () => equal(smoothed([1, 5, 2], 0), [1, 5, 2]))

test("a gap stays a gap and moves nothing", () => equal(smoothed([0, null, 3], 0.5), [0, null, 2]))
