import { positions } from "../../app/charts/js/event_marks.js"
import { append, emptyStore } from "../../app/charts/js/points.js"
import { equal, test } from "./harness.js"

const mark = (step, words) => ({ step, tone: "accent", words })

test("along the steps a mark stands at its step", () => {
  const placed = positions(emptyStore(), { key: "" }, { a: [mark(9, "paused"), mark(3, "checkpoint")] })
  equal(placed.map(({ at, words }) => [at, words]), [[3, "checkpoint"], [9, "paused"]])
})

test("along another metric it stands where the run had come by then", () => {
  const store = emptyStore()
  append(store, "a", "num_tokens", { x: [10, 20], y: [100, 300] })
  equal(positions(store, { key: "num_tokens" }, { a: [mark(15, "x")], b: [mark(15, "y")] }).map(({ at }) => at), [200])
})

test("what happened to several runs at one place is one mark that names them", () => {
  const placed = positions(emptyStore(), { key: "" }, { a: [mark(3, "x")], b: [mark(3, "y")] }, { a: "first", b: "second" })
  equal(placed, [{ at: 3, tone: "accent", words: "first\nx\nsecond\ny" }])
})
