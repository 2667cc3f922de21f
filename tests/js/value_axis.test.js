import { tickFormat, valueAxis } from "../../app/charts/js/value_axis.js"
import { equal, test } from "./harness.js"

const curves = (...all) => all.map((y) => ({ x: y.map((_, index) => index), y }))
const axis = (y, range = null, logarithmic = true) => valueAxis({ curves: curves(y), baselines: [] }, range, logarithmic)

test("a logarithmic axis marks powers of ten, 1-2-5 between few of them, and round numbers within one", () => {
  equal([[0.01, 5], [0.08, 0.7]].map((y) => axis(y).dtick), [1, "D2"])
  equal(axis([780, 1040]).tickvals, [800, 900, 1000])
  equal(axis([0.5]).tickvals.length, 1)
  equal(axis([3, 3]).tickvals.length >= 1, true)
})

test("what lies in the chosen range is shown at full height", () => {
  const [low, high] = axis([100, 1, 2, 100], [1, 2], false).range
  equal([low > 0.9 && low < 1, high > 2 && high < 2.1], [true, true])
  equal(axis([100, 1, 2, 100], null, false).range, undefined)
  equal(axis([1, 2], [50, 60], false).range, undefined)
})

test("a line that only passes through the range is seen whole in it", () => {
  const [low, high] = axis([0, 10], [0.2, 0.6], false).range
  equal([low < 2, low > 1, high > 6, high < 7], [true, true, true, true])
})

test("on a logarithmic axis the ends are powers of ten", () => {
  const [low, high] = axis([1000, 1, 10, 1000], [1, 2], true).range
  equal([low < 0 && low > -0.1, high > 1 && high < 1.1], [true, true])
})

test("a value that is not above zero keeps the axis linear, also where it is out of sight", () => {
  equal(axis([0, 5, 6], [1, 2]).type, "linear")
})

test("marks get more digits where values hardly differ", () => {
  equal(tickFormat(curves([1, 1.00001])), ".9~g")
  equal(tickFormat(curves([-1, -1.00001])), ".9~g")
  equal(tickFormat(curves([1, 1.1])), "~g")
  equal(tickFormat(curves([0.00001, 0.00002], ["nan"])), "~g")
  equal(tickFormat(curves([1], [2])), "~g")
})

test("no values at all are no reason for digits", () => equal(tickFormat(curves()), "~g"))
