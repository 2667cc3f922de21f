import mountSamples from "../../../app/samples/js/samples.js"
import { equal, test } from "../harness.js"

const settle = (time = 40) => new Promise((resolve) => setTimeout(resolve, time))
// Every word is its own name.
const WORDS = new Proxy({}, { get: (_, name) => `${String(name)} {count}` })
const prompt = { earlier: [], question: [{ role: "", text: "<i>Why?</i>" }] }
const answer = (index, more = {}) => ({
  index,
  sample: 0,
  text: `<b>${index}</b>`,
  thinking: null,
  reward: index / 4,
  scores: { polite: index / 4 },
  tokens: 3,
  kl: null,
  finished: true,
  prompt,
  first: 0,
  ...more,
})
const overview = { steps: [0, 5, 9], prompts: 4, range: [0, 1], rollouts: [], threshold: { value: 0.5, count: 4 }, active: false }

// The tab on a page, and a server that answers from `lists` and notes what it was asked for.
async function mounted(lists, { view = {}, sampled = false } = {}) {
  document.body.innerHTML = '<div class="al-samples"></div>'
  const asked = []
  const sent = []
  window.fetch = (url) => {
    const { pathname, searchParams } = new URL(url, location.href)
    const name = pathname.split("/").pop()
    asked.push([name, Object.fromEntries(searchParams)])
    const content = lists[name]
    return Promise.resolve(content ? new Response(JSON.stringify(content)) : new Response("", { status: 503 }))
  }
  const data = { run: "r", url: "/s/", query: "run=r", view: { view: "list", step: null, prompt: null, ...view }, sampled, words: WORDS, language: "en" }
  const component = { data, parentElement: document.body, setTriggerValue: (name, value) => sent.push([name, value]) }
  const stop = mountSamples(component)
  await settle()
  return { asked, sent, stop, component, root: document.querySelector(".al-samples") }
}

const counts = [3, ...Array(18).fill(0), 1]
const edges = Array.from({ length: 21 }, (_, index) => index / 20)
const list = { step: 9, total: 4, answers: [answer(1), answer(2)], edges, counts, median: 0.5 }

test("answers of the newest step are listed as text, never as markup", async () => {
  const { asked, root, stop } = await mounted({ overview, list })
  equal(asked.map(([name, { step }]) => [name, step]), [["overview", undefined], ["list", "9"]])
  equal(root.querySelectorAll(".al-sample-row").length, 2)
  equal([root.querySelectorAll("b b, i > i > *").length, root.querySelector(".al-sample .al-raw").textContent], [0, "<b>1</b>"])
  equal(root.querySelector(".al-asked-last").textContent, "<i>Why?</i>")
  stop()
})

test("an answer leads to its tokens at the step that is shown", async () => {
  const { root, sent, stop } = await mounted({ overview, list })
  root.querySelectorAll(".al-sample-row")[1].querySelectorAll(".al-sample-links button")[1].click()
  equal(sent, [["tokens", { step: 9, prompt: 2 }]])
  stop()
})

test("a bin filters the list, and more of it is added", async () => {
  const { asked, root, stop } = await mounted({ overview, list })
  root.querySelector(".al-rewards-bin").click()
  await settle()
  const { first, last, offset } = asked.at(-1)[1]
  equal([first, last, offset], ["0", "0", "0"])
  root.querySelector("section > .al-button").click()
  await settle()
  equal([asked.at(-1)[1].offset, root.querySelectorAll(".al-sample-row").length], ["2", 4])
  stop()
})

test("one prompt across the steps marks what differs, and its step goes into the address", async () => {
  const pieces = [["same", "It is "], ["removed", "dull"], ["added", "<u>sunny</u>"]]
  const columns = overview.steps.map((step) => ({ step, answers: [answer(1, step ? { pieces } : {})] }))
  const strip = { index: 1, prompt, columns, steps: 3 }
  const { root, sent, stop } = await mounted({ overview, list, prompt: strip }, { view: { prompt: 1, step: 5 } })
  equal(root.querySelectorAll(".al-strip-column").length, 3)
  equal([root.querySelector("ins").textContent, root.querySelector("del").textContent], ["<u>sunny</u>", "dull"])
  equal(root.querySelector(".al-strip-here .al-strip-step").getAttribute("aria-current"), "true")
  root.querySelectorAll(".al-strip-step")[2].click()
  await settle(560)
  equal(sent, [["moved", { view: "list", step: 9, prompt: 1 }]])
  stop()
})

test("pass rates stand with how many they are of, and a press opens the prompt", async () => {
  const rates = { threshold: 0.5, steps: [0, 9], evaluations: 3, prompts: 1, totals: [[1, 4], [3, 4]], rows: [{ index: 2, prompt, cells: [[0, 1], null], change: 0 }] }
  const strip = { index: 2, prompt, columns: [{ step: 9, answers: [answer(2)] }], steps: 1 }
  const { root, asked, stop } = await mounted({ overview, rates, prompt: strip }, { view: { view: "rates" } })
  const cells = [...root.querySelectorAll("td")].map((cell) => cell.textContent)
  equal(cells, ["▲ +50", "1/4", "3/4", "= 0", "0/1", "–"])
  root.querySelector(".al-rates-prompt").click()
  await settle()
  equal([asked.at(-1)[0], asked.at(-1)[1].prompt], ["prompt", "2"])
  stop()
})

test("groups of training say so, and equal rewards are told", async () => {
  const group = { prompt, mean: 0.5, deviation: 0, answers: [answer(2, { advantage: 0, trained: false })] }
  const lists = { overview: { ...overview, rollouts: [5] }, groups: { step: 5, groups: [group] } }
  const { root, asked, stop } = await mounted(lists, { view: { view: "groups" }, sampled: true })
  equal(asked.at(-1), ["groups", { run: "r", step: "5" }])
  equal([root.querySelector(".al-sample-kind").textContent.startsWith("trainingKind"), root.textContent.includes("equal")], [true, true])
  equal(root.querySelectorAll(".al-sample-quiet, .al-sample-advantage").length, 2)
  stop()
})

test("a run that brought groups of its training alone shows these", async () => {
  const group = { prompt, mean: 0.5, deviation: null, answers: [answer(0, { advantage: 1, tokens: 0 })] }
  const lists = { overview: { ...overview, steps: [], rollouts: [1, 2] }, groups: { step: 2, groups: [group] } }
  const { root, asked, stop } = await mounted(lists, { sampled: true })
  equal(asked.at(-1), ["groups", { run: "r", step: "2" }])
  const views = [...root.querySelectorAll("[data-view]")].filter(({ hidden }) => !hidden)
  equal(views.map(({ dataset, ariaPressed }) => [dataset.view, ariaPressed]), [["groups", "true"]])
  equal([root.querySelector("output").textContent, root.querySelector(".al-sample-facts").textContent], ["groupsOf 2", ""])
  stop()
})

test("before the first evaluation the tab says so, and a server that is away is told", async () => {
  const none = { ...overview, steps: [], range: null, threshold: null, active: true }
  const waiting = await mounted({ overview: none })
  equal([waiting.root.dataset.state, waiting.root.firstChild.textContent], ["empty", "empty {count}"])
  waiting.stop()
  const away = await mounted({})
  equal(away.root.hasAttribute("data-behind"), true)
  away.stop()
})

test("Back leads to what the address says then", async () => {
  const { root, component, stop } = await mounted({ overview, list, prompt: { index: 1, prompt, columns: [], steps: 0 } })
  stop()
  const back = { ...component, data: { ...component.data, view: { view: "list", step: 5, prompt: null } } }
  const stopAgain = mountSamples(back)
  await settle()
  equal(root.querySelector(".al-stepper input").value, "1")
  stopAgain()
})
