import mountFragment from "../../../app/bridge/js/fragment.js"
import { equal, test } from "../harness.js"

// A mounted fragment, the triggers and states its script has set, and how to replace what its server answers.
function mounted(html, others = {}) {
  document.body.innerHTML = '<div data-testid="stApp" data-test-script-state="notRunning"><div class="al-fragment"></div></div>'
  const events = []
  const note = (name, value) => events.push([name, value])
  const data = { html, version: "1", every: null, url: "/", language: "en", stale: "since {time}", ...others }
  const component = { data, parentElement: document.body, setStateValue: note, setTriggerValue: note }
  return { root: document.querySelector(".al-fragment"), events, component, stop: mountFragment(component) }
}

function answering(answer) {
  const original = window.fetch
  let requests = 0
  window.fetch = () => {
    requests += 1
    return Promise.resolve(new Response(JSON.stringify(answer), { status: answer ? 200 : 500 }))
  }
  return { restore: () => (window.fetch = original), count: () => requests }
}

const box = (name) => `<input type="checkbox" data-pick="${name}">`
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

test("a press on a button is told with its run", () => {
  const { root, events } = mounted('<button data-do="up" data-id="r1"><b>Up</b></button>')
  root.querySelector("b").click()
  equal(events, [["do", { do: "up", id: "r1" }]])
})

test("a press on a greyed button is not told", () => {
  const { root, events } = mounted('<button data-do="up" data-id="r1" aria-disabled="true">Up</button>')
  root.querySelector("button").click()
  equal(events, [])
})

test("a link switches the page with its query, but opens a tab where the reader wants one", () => {
  const { root, events } = mounted('<a data-go="run" href="run?id=r1&tab=log">run</a>')
  root.querySelector("a").click()
  equal(events, [["go", { page: "run", id: "r1", tab: "log" }]])
  const other = new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true })
  root.addEventListener("click", (event) => event.preventDefault(), { once: true }) // the test stays on its page
  root.querySelector("a").dispatchEvent(other)
  equal(events.length, 1)
})

test("ticks are kept when the page runs again, and told in their order", () => {
  const { root, events, component, stop } = mounted(box("a") + box("b"))
  root.querySelectorAll("input")[1].click()
  root.querySelectorAll("input")[0].click()
  equal(events, [["picked", ["b"]], ["picked", ["b", "a"]]])
  stop()
  component.data = { ...component.data, html: box("c") + box("b") }
  mountFragment(component)
  equal([...root.querySelectorAll("input")].map((node) => node.checked), [false, true])
})

test("one box ticks all that are shown, and ticks go once when they are taken away", () => {
  const all = '<input type="checkbox" data-pick-all>'
  const { root, events, component, stop } = mounted(all + box("a") + box("b"), { cleared: "0" })
  const checked = () => [...root.querySelectorAll("input")].map((node) => node.checked)
  root.querySelectorAll("input")[1].click()
  root.querySelectorAll("input")[2].click()
  equal(checked(), [true, true, true])
  root.querySelectorAll("input")[0].click()
  equal(checked(), [false, false, false])
  root.querySelectorAll("input")[0].click()
  equal(events.at(-1), ["picked", ["a", "b"]])
  stop()
  for (const cleared of ["1", "1"]) {
    component.data = { ...component.data, cleared }
    mountFragment(component)
  }
  equal(checked(), [false, false, false])
  equal(events.length, 5)
  equal(events.at(-1), ["picked", []])
})

test("what is mounted for other data takes the place of the one before", async () => {
  const server = answering({ html: "<p>2</p>", version: "1", every: 0.02 })
  const { component, stop } = mounted("<p>1</p>", { every: 0.02 })
  component.data = { ...component.data, every: null }
  const stopSecond = mountFragment(component)
  await pause(150)
  equal(server.count(), 0)
  server.restore()
  stop()
  stopSecond()
})

test("times are written in the reader's zone", () => {
  const { root } = mounted('<time data-at="0" data-form="both"></time>')
  equal(/\w{3} \d+, \d\d:\d\d/.test(root.textContent), true)
})

test("it asks for itself again, and stops when its page is left", async () => {
  const server = answering({ html: "<p>2</p>", version: "1", every: 0.02 })
  const { root, events, stop } = mounted("<p>1</p>", { every: 0.02 })
  await pause(150)
  stop()
  const asked = server.count()
  await pause(100)
  server.restore()
  equal([root.innerHTML, asked > 1, server.count() - asked, events], ["<p>2</p>", true, 0, []])
})

test("another version makes the page run again, but not while it is being drawn", async () => {
  const server = answering({ html: "", version: "2", every: null })
  const { root, events, stop } = mounted("", { every: 0.02 })
  root.parentElement.dataset.testScriptState = "running"
  await pause(700)
  equal(events, [])
  root.parentElement.dataset.testScriptState = "notRunning"
  await pause(900)
  stop()
  server.restore()
  equal(events, [["changed", "2"]])
})

test("without an answer it says since when it is out of date, and keeps what it shows", async () => {
  const server = answering(null)
  const { root, stop } = mounted("<p>1</p>", { every: 0.02 })
  await pause(150)
  stop()
  server.restore()
  equal([root.innerHTML, root.dataset.behind.startsWith("since ")], ["<p>1</p>", true])
})
