import mountPanels from "../../../app/charts/js/panels.js"
import { equal, test } from "../harness.js"

const WORDS = { loading: "loading", empty: "empty", first: "first {values}", range: "range", missing: "no {wanted}", stale: "since {time}", whole: "whole" }
const AXIS = { key: "", title: "step", at: "step {value}" }
const trace = (run, name) => ({ run, key: "loss", name, colour: "dpo", dash: "solid", symbol: "circle" })

// Plotly gives its plots this method.
HTMLElement.prototype.on = function on(name, handler) {
  this[name] = handler
}

// Panels on a page, a Plotly that notes what it is to draw, and a server that answers what stands in `runs`.
function mounted(others = {}) {
  localStorage.clear()
  sessionStorage.clear()
  document.body.innerHTML = '<div class="al-panels"></div>'
  const drawings = []
  const react = (plot, traces, layout) => drawings.push(Object.assign(traces, { layout }))
  window.Plotly = { react, relayout() {}, Plots: { resize() {} } }
  const runs = {}
  window.fetch = () => Promise.resolve(new Response(JSON.stringify({ runs })))
  const panel = { title: "Loss", help: "", unit: "", traces: [trace("a", "first"), trace("b", "second")], across: null, baselines: [] }
  const sections = [{ title: "", panels: [panel] }]
  const data = { sections, legend: [], axis: AXIS, active: true, url: "/?", plotly: "", words: WORDS, csv: "/csv?", origins: {}, marks: {}, page: "p", language: "en", ...others }
  const component = { data, parentElement: document.body }
  return { root: document.querySelector(".al-panels"), runs, drawings, component }
}

const points = (x, y) => ({ attempt: 1, step: x.at(-1), rewound_to: null, active: false, points: { loss: { x, y } } })
const settle = () => new Promise((resolve) => setTimeout(resolve, 100))

test("without values the page says so", async () => {
  const { root, runs, component } = mounted()
  runs.a = { ...points([1], [1]), points: {} }
  mountPanels(component)()
  equal([root.dataset.state, root.textContent.includes("loading")], ["loading", true])
  mountPanels(component)
  await settle()
  equal([root.dataset.state, root.firstChild.textContent], ["empty", "empty"])
})

test("one value of a run that goes on stands in words, two make a curve", async () => {
  const { root, runs, drawings, component } = mounted()
  runs.a = { ...points([1], [0.5]), active: true }
  const stop = mountPanels(component)
  await settle()
  equal([root.firstChild.textContent, drawings.length], ["first first 0.500", 0])
  stop()
  runs.a = points([1, 2], [0.5, 0.4])
  mountPanels(component)
  await settle()
  equal(drawings.at(-1).map(({ name, x }) => [name, x]), [["first", [1, 2]]])
  equal([root.querySelector(".al-last b").textContent, root.firstChild.hidden], ["0.400", true])
})

test("a page whose curves can be pressed says so above them", async () => {
  const { root, runs, component } = mounted()
  runs.a = points([1, 2], [0.5, 0.4])
  component.data.words = { ...WORDS, press: "press a point" }
  mountPanels(component)
  await settle()
  equal([root.firstChild.textContent, root.firstChild.hidden], ["press a point", false])
})

test("titles of charts follow a heading of one level above, which is read aloud where it has no title", async () => {
  const { root, runs, component } = mounted()
  runs.a = points([1, 2], [0.5, 0.4])
  component.data.words = { ...WORDS, charts: "charts" }
  mountPanels(component)
  await settle()
  const headings = [...root.querySelectorAll("h2:not([hidden]), h3")]
  equal(headings.map(({ tagName, textContent }) => [tagName, textContent]), [["H2", "charts"], ["H3", "Loss"]])
})

test("a run that is hidden in the legend stays hidden when runs are added", async () => {
  const legend = [trace("a", "first"), trace("b", "second")]
  const { root, runs, drawings, component } = mounted({ legend })
  Object.assign(runs, { a: points([1, 2], [3, 2]), b: points([1, 2], [5, 4]) })
  mountPanels(component)
  await settle()
  equal(drawings.at(-1).length, 2)
  root.querySelector(".al-key").click()
  await settle()
  equal(drawings.at(-1).map(({ name }) => name), ["second"])
  component.data = { ...component.data, url: "/?more", legend: [...legend, trace("c", "third")] }
  mountPanels(component)
  await settle()
  equal(drawings.at(-1).map(({ name }) => name), ["second"])
})

test("a panel far from the screen is drawn when the reader comes near", async () => {
  const far = { title: "Far", help: "", unit: "", traces: [trace("a", "first")], across: null, baselines: [] }
  const { root, runs, drawings, component } = mounted({ sections: [{ title: "", panels: [far] }] })
  root.style.marginTop = "9000px"
  runs.a = points([1, 2], [3, 2])
  mountPanels(component)
  await settle()
  equal([root.dataset.state, drawings.length], ["drawn", 0])
  root.style.marginTop = ""
  await settle()
  equal(drawings.at(-1).map(({ name }) => name), ["first"])
})

test("while the pointer is down nothing is drawn, and what came is drawn after it", async () => {
  const { root, runs, drawings, component } = mounted()
  runs.a = points([1, 2], [3, 2])
  mountPanels(component)
  root.dispatchEvent(new Event("pointerdown"))
  await settle()
  equal(drawings.length, 0)
  window.dispatchEvent(new Event("pointerup"))
  await settle()
  equal(drawings.length, 1)
})

test("the crosshair of one panel is no position for a panel with an axis of its own", async () => {
  const across = { key: "tokens", title: "tokens", at: "" }
  const shared = { title: "Loss", help: "", unit: "", traces: [trace("a", "first")], across: null, baselines: [] }
  const own = { ...shared, title: "Loss by tokens", across }
  const { root, runs, component } = mounted({ sections: [{ title: "", panels: [shared, own] }] })
  runs.a = points([1, 2, 3], [30, 20, 10])
  runs.a.points.tokens = { x: [1, 2, 3], y: [1, 2, 3] }
  const stop = mountPanels(component)
  await settle()
  const [plot] = root.querySelectorAll(".al-plot")
  plot._fullLayout = { xaxis: { _offset: 0, _length: 100, l2p: (value) => value }, yaxis: { _offset: 0, _length: 50 } }
  plot.plotly_hover({ xvals: [2] })
  stop()
  component.data = { ...component.data, axis: { ...AXIS, key: "tokens" } } // makes it draw again
  mountPanels(component)
  await settle()
  const shown = [...root.querySelectorAll(".al-last b")].map((node) => node.textContent)
  equal(shown, ["20", "10"])
})

const alone = (title) => ({ title, help: "", unit: "", traces: [trace("a", "first")], across: null, baselines: [] })

test("a range that is chosen in one panel holds in all, and the server is asked for what lies in it", async () => {
  const { root, runs, drawings, component } = mounted({ sections: [{ title: "", panels: [alone("One"), alone("Two")] }] })
  runs.a = points([1, 2, 3], [3, 2, 1])
  mountPanels(component)
  await settle()
  const asked = []
  const { fetch } = window
  window.fetch = (url) => (asked.push(url), fetch(url))
  const [plot] = root.querySelectorAll(".al-plot")
  plot.plotly_relayout({ "xaxis.range[0]": 1.2, "xaxis.range[1]": 2.5 })
  await settle()
  equal(drawings.slice(-2).map(({ layout }) => layout.xaxis.range), [[1.2, 2.5], [1.2, 2.5]])
  equal(asked.some((url) => url.endsWith("&range=1:3")), true)
  root.querySelector(".al-toolbar .al-reset").click()
  await settle()
  equal(drawings.at(-1).layout.xaxis.range, undefined)
})

test("a chart is found by its title, also in a section that is folded", async () => {
  const sections = [{ title: "Machine", panels: [alone("Memory"), alone("Speed")] }]
  const { root, runs, component } = mounted({ sections })
  runs.a = points([1, 2], [2, 1])
  mountPanels(component)
  await settle()
  const visible = () => [...root.querySelectorAll(".al-panel")].filter((box) => box.offsetParent).map((box) => box.ariaLabel)
  equal(visible(), ["Memory", "Speed"])
  root.querySelector(".al-fold").click()
  await settle()
  equal([visible(), root.querySelector(".al-fold").ariaExpanded], [[], "false"])
  const field = root.querySelector(".al-search")
  field.value = "nothing"
  field.dispatchEvent(new Event("input"))
  equal([visible(), root.firstChild.textContent], [[], "no nothing"])
  field.value = "MEM"
  field.dispatchEvent(new Event("input"))
  await settle()
  equal(visible(), ["Memory"])
})

test("smoothing is off until it is chosen, and stays when the page is left", async () => {
  const { root, runs, drawings, component } = mounted({ sections: [{ title: "", panels: [alone("One"), alone("Two")] }] })
  runs.a = points([1, 2], [0, 3])
  mountPanels(component)
  await settle()
  equal(drawings.at(-1).length, 1)
  const slider = root.querySelector(".al-smoothing input")
  slider.value = 0.5
  slider.dispatchEvent(new Event("input"))
  await settle()
  equal(drawings.at(-1).length, 2)
  document.body.innerHTML = '<div class="al-panels"></div>'
  mountPanels({ ...component, parentElement: document.body })
  await settle()
  equal(drawings.at(-1).length, 2)
})

for (const [marks, across, hidden] of [[{ a: [] }, null, false], [{}, null, true], [{ a: [] }, AXIS, true]]) {
  test(`the switch of events is ${hidden ? "away" : "there"} with marks ${JSON.stringify(marks)} along ${across ? "own axes" : "one axis"}`, async () => {
    const panel = { title: "Loss", help: "", unit: "", traces: [trace("a", "first")], across, baselines: [] }
    const { root, runs, component } = mounted({ marks, sections: [{ title: "", panels: [panel] }] })
    runs.a = points([1, 2], [3, 2])
    mountPanels(component)
    await settle()
    equal([...root.querySelectorAll(".al-switch")].map((button) => button.hidden), [false, hidden])
  })
}

test("a panel says where all of its points can be had", async () => {
  const { root, runs, component } = mounted()
  runs.a = points([1, 2], [0, 3])
  mountPanels(component)
  await settle()
  const link = root.querySelector(".al-take-menu a")
  equal(link.getAttribute("href"), "/csv?&key=loss")
  const key = new Event("keydown", { bubbles: true, cancelable: true })
  equal(root.querySelector(".al-take summary").dispatchEvent(key), true) // nobody keeps Tab from moving on
})

test("the link of a panel's points is followed at a press", async () => {
  const { root, runs, component } = mounted()
  runs.a = points([1, 2], [0, 3])
  mountPanels(component)
  await settle()
  const link = root.querySelector(".al-take-menu a")
  link.href = "#points" // stays on the page of the tests
  link.removeAttribute("download")
  link.click()
  equal(location.hash, "#points")
})

test("what the reader does is drawn while the server is away", async () => {
  const { root, runs, drawings, component } = mounted({ sections: [{ title: "", panels: [alone("One"), alone("Two")] }] })
  runs.a = { ...points([1, 2], [0, 3]), active: true }
  mountPanels(component)
  await settle()
  window.fetch = () => Promise.reject(new Error("away"))
  const slider = root.querySelector(".al-smoothing input")
  slider.value = 0.5
  slider.dispatchEvent(new Event("input"))
  equal(drawings.at(-1).length, 2)
})

test("an entry of a panel's legend hides its curve, which stays in the legend and hidden after a reload", async () => {
  const { root, runs, drawings, component } = mounted()
  Object.assign(runs, { a: points([1, 2], [3, 2]), b: points([1, 2], [5, 4]) })
  mountPanels(component)
  await settle()
  root.querySelectorAll(".al-entry")[1].click()
  const pressed = () => [...root.querySelectorAll(".al-entry")].map((entry) => entry.ariaPressed)
  equal([drawings.at(-1).map(({ name }) => name), pressed()], [["first"], ["true", "false"]])
  document.body.innerHTML = '<div class="al-panels"></div>'
  mountPanels({ ...component, parentElement: document.body })
  await settle()
  equal(drawings.at(-1).map(({ name }) => name), ["first"])
})

test("what is hidden in the legend is told to the page where its address keeps that, and is hidden from the start", async () => {
  const legend = [trace("a", "first"), trace("b", "second")]
  const { root, runs, drawings, component } = mounted({ legend, hidden: ["b"] })
  Object.assign(runs, { a: points([1, 2], [3, 2]), b: points([1, 2], [5, 4]) })
  const told = []
  mountPanels({ ...component, setStateValue: (name, value) => told.push([name, value]) })
  await settle()
  equal(drawings.at(-1).map(({ name }) => name), ["first"])
  root.querySelector(".al-key").click()
  equal(told, [["hidden", ["b", "a"]]])
})

test("panels of one scale have one axis of values, and a band's edges and single runs have no entry at the pointer", async () => {
  const on = (run) => ({ ...alone(run), traces: [trace(run, run)], scale: "loss" })
  const parts = [{ ...trace("a", "low"), band: "lower" }, { ...trace("a", "behind"), faint: true }, trace("a", "mean")]
  const sections = [{ title: "", panels: [{ ...on("a"), traces: parts }, on("b")] }]
  const { root, runs, drawings, component } = mounted({ sections, legend: [trace("a", "a"), trace("b", "b")] })
  Object.assign(runs, { a: points([1, 2], [3, 2]), b: points([1, 2], [5, 4]) })
  mountPanels(component)
  await settle()
  const [first, second] = drawings.slice(-2).map(({ layout }) => layout.yaxis.range)
  equal(first, second)
  equal(first[0] < 2 && first[1] > 5, true)
  const names = [...root.querySelectorAll(".al-panel")[0].querySelectorAll(".al-readout span")].map((node) => node.textContent)
  equal(names, ["mean"])
})
