import { difference, farthest, ofDifference, printed, reach, sameTokens, share } from "../../app/tokens/js/lens_values.js"
import { equal, test } from "./harness.js"

const RATIO = { name: "ratio", neutral: 1, scale: "diverging" }
const row = (values, ids = values.map((_, index) => index)) => ({
  ids,
  values: { ratio: values },
  totals: { ratio: 3 },
  means: { ratio: 1.5 },
})

test("a scale reaches as far from neutral as nearly all values, so that one outlier does not pale the others", () => {
  const values = [...Array(99).fill(1.5), 100]
  equal(reach([row(values)], RATIO), 0.5)
  equal(reach([row([0.2, null]), row([1.1])], RATIO), 0.8)
  equal(reach([row([null])], RATIO), 1)
  equal(reach([row([1])], RATIO) > 0, true)
})

test("a value lies between the ends of its scale", () => {
  equal([2, 1.25, 1, 0, null].map((value) => share(value, RATIO, 0.5)), [1, 0.5, 0, -1, null])
})

test("equal tokens can be subtracted, and tokens without ids are never equal", () => {
  equal(sameTokens(row([1, 2]), row([3, 4])), true)
  equal(sameTokens(row([1, 2]), row([3, 4], [0, 7])), false)
  equal(sameTokens(row([1]), row([1, 2])), false)
  equal(sameTokens(row([1], [-1]), row([1], [-1])), false)
})

test("a difference has the quantities of both, and nothing where one has nothing", () => {
  const left = { ...row([1, 2, null]), values: { ratio: [1, 2, null], own: [1, 1, 1] } }
  const apart = difference(left, { ...row([0.5, null, 1]), totals: { ratio: 1 }, means: { ratio: 1 } })
  equal(apart.values, { ratio: [0.5, null, null] })
  equal([apart.totals, apart.means], [{ ratio: 2 }, { ratio: 0.5 }])
  equal(ofDifference(RATIO), { name: "ratio", neutral: 0, scale: "diverging" })
})

test("a reader is led to the value that is farthest from neutral", () => {
  equal([farthest([1, 0.2, null, 1.5], 1), farthest([null, null], 0), farthest([], 0)], [1, 0, 0])
})

test("a value is printed as its quantity is read", () => {
  equal([0.5, -0.5, 0, null].map((value) => printed(value, { scale: "diverging", neutral: 0 })), ["+0.500", "−0.500", "0", "–"])
  equal([1.00041, null].map((value) => printed(value, RATIO)), ["1.0004", "–"])
  equal([1, -1, 0, null].map((value) => printed(value, { scale: "flag", neutral: 0 })), ["▲", "▼", "–", "–"])
  equal(printed(0.5, { scale: "positive", neutral: 0 }), "0.500")
})
