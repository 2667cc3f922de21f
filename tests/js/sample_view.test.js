import { SampleView, barOf, chosenBins, stepBefore } from "../../app/samples/js/sample_view.js"
import { equal, test } from "./harness.js"

const address = (view, step = null, prompt = null) => ({ view, step, prompt })

test("what is chosen is written once, and what comes back of it changes nothing", () => {
  const view = new SampleView(address("list"))
  equal(view.unwritten(), null)
  Object.assign(view, { step: 40, prompt: 2 })
  equal(view.unwritten(), address("list", 40, 2))
  equal([view.unwritten(), view.take(address("list", 40, 2))], [null, false])
})

test("an address that comes back late does not undo a later choice", () => {
  const view = new SampleView(address("list"))
  view.step = 40
  view.unwritten()
  view.step = 60
  view.unwritten()
  equal([view.take(address("list", 40)), view.step], [false, 60])
  equal([view.take(address("list", 60)), view.step], [false, 60])
})

test("Back and a link lead to what their address says", () => {
  const view = new SampleView(address("rates", 40))
  view.prompt = 3
  view.unwritten()
  view.take(address("rates", 40, 3))
  equal([view.take(address("rates", 40)), view.prompt, view.view], [true, null, "rates"])
  equal([view.take(address("nothing")), view.view], [true, "list"])
})

test("the step is the nearest evaluation, or the newest", () => {
  const view = new SampleView(address("list"))
  equal([view.stepOf([0, 25, 50]), view.stepOf([])], [50, null])
  view.step = 30
  equal(view.stepOf([0, 25, 50]), 25)
})

test("groups are those of the step, or of the evaluation before", () => {
  equal([stepBefore([4, 8], 8), stepBefore([4, 8], 7), stepBefore([4, 8], 0)], [8, 4, 4])
})

test("a bin is chosen alone, left again, or extended", () => {
  equal([chosenBins(null, 3, false), chosenBins([3, 3], 3, false), chosenBins([3, 3], 5, false)], [[3, 3], null, [5, 5]])
  equal([chosenBins([3, 3], 5, true), chosenBins([3, 5], 1, true), chosenBins(null, 1, true)], [[3, 5], [1, 5], [1, 1]])
})

test("bars begin at 0 and stay in their range", () => {
  equal(barOf(0.5, [0, 2]), { left: 0, width: 25 })
  equal(barOf(-1, [-1, 3]), { left: 0, width: 25 })
  equal(barOf(9, [-1, 1]), { left: 50, width: 50 })
  equal(barOf(0, [0, 0]), { left: 0, width: 0 })
})
