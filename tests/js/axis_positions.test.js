import { along, curveAlong, nearest, stepsWithin } from "../../app/charts/js/axis_positions.js"
import { append, emptyStore } from "../../app/charts/js/points.js"
import { equal, test } from "./harness.js"

const STEPS = { key: "" }
const TOKENS = { key: "num_tokens" }

test("the nearest step is found on both sides and at both ends", () => {
  const steps = [0, 10, 20, 40]
  equal([-5, 4, 6, 29, 31, 99].map((target) => nearest(steps, target)), [0, 0, 1, 2, 3, 3])
})

test("of two steps as near, the later one counts", () => equal(nearest([0, 10], 5), 1))

test("a growing metric is read on a straight line between its points", () => {
  const tokens = { x: [10, 20], y: [100, 300] }
  equal(along(tokens, 15), 200)
  equal(along(tokens, 20), 300)
})

test("before its first point it grows from 0 at step 0, and past its last it stays", () => {
  const tokens = { x: [10, 20], y: [100, 300] }
  equal(along(tokens, 5), 50)
  equal(along(tokens, 99), 300)
})

test("a curve along another metric of its run has that metric's values as positions", () => {
  const store = emptyStore()
  append(store, "a", "loss", { x: [10, 15, 20], y: [3, 2, 1] })
  append(store, "a", "num_tokens", { x: [10, 20], y: [100, 300] })
  const trace = { run: "a", key: "loss", name: "first" }
  equal(curveAlong(store, trace, STEPS), { ...trace, x: [10, 15, 20], y: [3, 2, 1] })
  equal(curveAlong(store, trace, TOKENS), { ...trace, x: [100, 200, 300], y: [3, 2, 1] })
})

test("a curve without the metric of the axis has no points", () => {
  const store = emptyStore()
  append(store, "a", "loss", { x: [1], y: [3] })
  append(store, "b", "num_tokens", { x: [1], y: [9] })
  equal(curveAlong(store, { run: "a", key: "loss" }, TOKENS).x, [])
  equal(curveAlong(store, { run: "a", key: "margin" }, STEPS).x, [])
})

test("what is drawn does not grow with the store", () => {
  const store = emptyStore()
  append(store, "a", "loss", { x: [1], y: [3] })
  const drawn = curveAlong(store, { run: "a", key: "loss" }, STEPS)
  append(store, "a", "loss", { x: [2], y: [2] })
  equal(drawn.x, [1])
})

test("a range of another axis is one of steps, over all runs", () => {
  const store = emptyStore()
  append(store, "a", "tokens", { x: [1, 2, 3], y: [100, 200, 300] })
  append(store, "b", "tokens", { x: [1, 2, 3], y: [50, 100, 150] })
  equal(stepsWithin(store, "tokens", [140, 210]), [1, 3])
  equal(stepsWithin(store, "", [1.5, 7.2]), [1, 8])
  equal(stepsWithin(store, "kl", [0, 1]), null)
})

test("along a metric that falls and rises, the points are those measured with it, in their order", () => {
  const store = emptyStore()
  append(store, "a", "loss", { x: [1, 2, 3, 4], y: [4, 3, 2, 1] })
  append(store, "a", "kl", { x: [0, 2, 4], y: [0, 0.5, 0.2] })
  const curve = curveAlong(store, { run: "a", key: "loss" }, { key: "kl", scattered: true })
  equal([curve.x, curve.y], [[0.5, 0.2], [3, 1]])
})

test("a fork's curve begins with those of its origins, each up to where it was left", () => {
  const store = emptyStore()
  append(store, "old", "loss", { x: [1, 2, 3, 4], y: [9, 8, 7, 6] })
  append(store, "parent", "loss", { x: [3, 4, 5, 6], y: [5, 4, 3, 2] })
  append(store, "fork", "loss", { x: [5, 6], y: [0.5, 0.4] })
  const origins = [{ run: "old", until: 2 }, { run: "parent", until: 4 }]
  const curve = curveAlong(store, { run: "fork", key: "loss" }, STEPS, origins)
  equal([curve.x, curve.y, curve.joint], [[1, 2, 3, 4, 5, 6], [9, 8, 5, 4, 0.5, 0.4], 3])
})
