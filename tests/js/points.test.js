import { MOST_POINTS, append, applyUpdate, curveOf, cursorQuery, rangeQuery, dropIfLong, emptyStore, forget, setRangePoints } from "../../app/charts/js/points.js"
import { equal, test } from "./harness.js"

const update = (step, points, others = {}) => ({ attempt: 1, step, rewound_to: null, points, ...others })

test("an update brings new curves and moves the run's cursor", () => {
  const store = emptyStore()
  equal(applyUpdate(store, "a", update(2, { loss: { x: [1, 2], y: [0.9, 0.8] } })), true)
  equal(curveOf(store, "a", "loss"), { x: [1, 2], y: [0.9, 0.8] })
  equal(cursorQuery(store), "&after=a:1:2")
})

test("the cursor's own step comes again and is not drawn twice", () => {
  const store = emptyStore()
  applyUpdate(store, "a", update(2, { loss: { x: [1, 2], y: [0.9, 0.8] } }))
  equal(applyUpdate(store, "a", update(3, { loss: { x: [2, 3], y: [0.8, 0.7] } })), true)
  equal(curveOf(store, "a", "loss"), { x: [1, 2, 3], y: [0.9, 0.8, 0.7] })
})

test("an update without anything new changes nothing", () => {
  const store = emptyStore()
  applyUpdate(store, "a", update(2, { loss: { x: [1, 2], y: [0.9, 0.8] } }))
  equal(applyUpdate(store, "a", update(2, { loss: { x: [2], y: [0.8] } })), false)
  equal(applyUpdate(store, "a", update(2, {})), false)
})

test("a run that went back to a checkpoint loses what came after, and goes on from there", () => {
  const store = emptyStore()
  applyUpdate(store, "a", update(3, { loss: { x: [1, 2, 3], y: [9, 8, 7] } }))
  applyUpdate(store, "ab", update(3, { loss: { x: [1, 2, 3], y: [6, 5, 4] } }))
  const back = update(2, { loss: { x: [2], y: [5] } }, { attempt: 2, rewound_to: 1 })
  equal(applyUpdate(store, "a", back), true)
  equal(curveOf(store, "a", "loss"), { x: [1, 2], y: [9, 5] })
  equal(curveOf(store, "ab", "loss").x, [1, 2, 3])
  equal(cursorQuery(store), "&after=a:2:2&after=ab:1:3")
})

test("a rewind changes the drawing even where no point is dropped", () => {
  const store = emptyStore()
  equal(applyUpdate(store, "a", update(0, {}, { rewound_to: 0 })), true)
})

test("forgetting at a step keeps the step itself", () => {
  const store = emptyStore()
  append(store, "a", "loss", { x: [1, 2, 3], y: [9, 8, 7] })
  forget(store, "a", 2)
  equal(curveOf(store, "a", "loss"), { x: [1, 2], y: [9, 8] })
})

test("values that are no numbers keep their place", () => {
  const store = emptyStore()
  append(store, "a", "loss", { x: [1, 2], y: ["nan", 0.5] })
  equal(curveOf(store, "a", "loss").y, ["nan", 0.5])
})

test("a curve that has become long is asked for again as a whole, with all others", () => {
  const store = emptyStore()
  const steps = Array.from({ length: MOST_POINTS }, (_, index) => index)
  applyUpdate(store, "a", update(MOST_POINTS - 1, { loss: { x: steps, y: steps } }))
  dropIfLong(store)
  equal(store.curves.size, 1)
  applyUpdate(store, "a", update(MOST_POINTS, { loss: { x: [MOST_POINTS], y: [0] } }))
  dropIfLong(store)
  equal([store.curves.size, cursorQuery(store)], [0, ""])
})

test("a range that was looked into has all of its points, and the rest of the curve stays", () => {
  const store = emptyStore()
  append(store, "a", "loss", { x: [0, 10, 20, 30], y: [9, 8, 7, 6] })
  setRangePoints(store, { a: { points: { loss: { x: [9, 10, 11, 19], y: [1, 2, 3, 4] } } } })
  equal(curveOf(store, "a", "loss"), { x: [0, 9, 10, 11, 19, 20, 30], y: [9, 1, 2, 3, 4, 7, 6] })
  append(store, "a", "loss", { x: [31], y: [5] })
  equal(curveOf(store, "a", "loss").x, [0, 9, 10, 11, 19, 20, 30, 31])
  forget(store, "a", 10)
  equal(curveOf(store, "a", "loss").x, [0, 10])
})

test("a range is asked for by its steps", () => equal(rangeQuery([3, 9]), "&range=3:9"))
