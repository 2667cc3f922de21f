import { ChartView } from "../../app/charts/js/chart_view.js"
import { equal, test } from "./harness.js"

function storage(content = {}) {
  return { content, getItem: (name) => content[name] ?? null, setItem: (name, value) => (content[name] = value) }
}

test("what a reader has set is there again: some of it on every page, some on its own page alone", () => {
  const [local, session] = [storage(), storage()]
  const view = new ChartView("run a", local, session)
  view.set({ smoothing: 0.6, range: [10, 20] })
  view.toggle("hidden", "b")
  const again = new ChartView("run a", local, session)
  equal([again.smoothing, again.range, again.hidden], [0.6, [10, 20], ["b"]])
  const other = new ChartView("run c", local, session)
  equal([other.smoothing, other.range, other.hidden], [0.6, null, []])
})

test("what is toggled twice is as before", () => {
  const view = new ChartView("run", null, null)
  view.toggle("folded", "Machine")
  view.toggle("folded", "Machine")
  equal(view.folded, [])
})

test("what another version kept, and what is no JSON, is not taken", () => {
  const odd = storage({ "alignlab.charts": '{"smoothing": 1.5, "folded": "all", "logarithmic": true}' })
  const view = new ChartView("run", odd, storage({ "alignlab.charts run": "{" }))
  equal([view.smoothing, view.folded, view.logarithmic, view.range], [0, [], true, null])
})

test("a browser that keeps nothing shows the charts all the same", () => {
  const full = { getItem: () => null, setItem: () => { throw new Error("full") } }
  const view = new ChartView("run", full, full)
  view.set({ smoothing: 0.5 })
  equal(view.smoothing, 0.5)
})

test("where one of the two storages is full, the other is kept all the same", () => {
  const full = { getItem: () => null, setItem: () => { throw new Error("full") } }
  const session = storage()
  new ChartView("run", full, session).set({ range: [1, 2] })
  equal(new ChartView("run", null, session).range, [1, 2])
})
