import mountLens from "../../../app/tokens/js/lens.js"
import { equal, test } from "../harness.js"

const PARTS = { pairs: "pairs", rollout: "rollout", answers: "answers" }
const WORDS = { parts: PARTS, chosen: "chosen", rejected: "rejected", difference: "{first} minus {second}", beside: "beside", at_step: "step {step}", absent: "absent", margin: "margin {value}", sum: "sum {value}", mean: "mean {value}", tokens: "{count} tokens", place_id: "{place}/{count} #{id}", gone: "gone", again: "again" }
const QUANTITIES = {
  log_ratio: { title: "Log-ratio", help: "", scale: "diverging", neutral: 0, sums: true },
  surprise: { title: "Surprise", help: "", scale: "positive", neutral: 0, sums: true },
}
const row = (label, values, pieces = ["<b>", "x"]) => ({
  label, score: null, scores: {}, text: "", ids: pieces.map((_, index) => index), pieces, special: pieces.map(() => false),
  values: { log_ratio: values, surprise: values.map(Math.abs) }, totals: { log_ratio: values[0] + values[1], surprise: 1 },
  means: { log_ratio: 0, surprise: 0 }, tokens: 2, cut: 0,
})
const answer = (step, rows) => ({
  run: "r", step, steps: [0, 50], part: "pairs", parts: ["pairs", "answers"], prompt: 0, key: "ab.0", prompts: [[0, "Hello?"], [1, "Bye?"]],
  asked: { earlier: [], question: [{ role: "", text: "<i>Hello?</i>" }] }, quantities: ["log_ratio", "surprise"], margin: { log_ratio: 1 }, rows,
})

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

// A lens whose server gives `answers` by the step that is asked for; what it tells the page stands in `told`.
async function mounted(answers, choice = {}) {
  document.body.innerHTML = '<div class="al-lens"></div>'
  const [told, asked] = [[], []]
  window.fetch = (url) => {
    asked.push(url)
    const step = new URL(url, "http://x").searchParams.get("step") ?? "50"
    const missing = Number.isNaN(Number(step)) ? 400 : 404
    return Promise.resolve(new Response(JSON.stringify(answers[step] ?? {}), { status: answers[step] ? 200 : missing }))
  }
  const data = { run: "r", newest: 50, others: [], choice, url: "tokens?language=en", quantities: QUANTITIES, words: WORDS, language: "en" }
  const component = { data, parentElement: document.body, setTriggerValue: (name, value) => told.push([name, value]) }
  mountLens(component)
  await pause(20)
  return { root: document.querySelector(".al-lens"), told, asked, component }
}

const PAIR = [row("chosen", [0.5, 0.25]), row("rejected", [-1, 0.5])]
const texts = (root, selector) => [...root.querySelectorAll(selector)].map((node) => node.textContent)

test("texts of models are text, and each token says its number", async () => {
  const { root } = await mounted({ 50: answer(50, PAIR) })
  equal([root.querySelector("b b, .al-lens-text b, .al-lens-prompt i"), texts(root, ".al-lens-row")[0].includes("<b>x")], [null, true])
  const tokens = [...root.querySelectorAll(".al-lens-token")]
  equal(tokens.map((token) => token.dataset.value), ["+0.500", "+0.250", "−1", "+0.500"])
  equal(tokens.map((token) => token.classList.contains("al-lens-down")), [false, false, true, false])
  equal(tokens.map((token) => token.style.getPropertyValue("--al-lens-share")), ["25%", "13%", "50%", "25%"])
  equal([texts(root, ".al-lens-margin"), root.querySelectorAll("rect").length], [["margin +1"], 4])
})

test("arrows move over the tokens, and the line says what is known of each", async () => {
  const { root } = await mounted({ 50: answer(50, PAIR) })
  const [first, second] = root.querySelectorAll(".al-lens-token")
  equal([first.tabIndex, second.tabIndex], [0, -1])
  first.focus()
  first.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }))
  equal([document.activeElement === second, first.tabIndex, second.getAttribute("aria-selected")], [true, -1, "true"])
  equal(texts(root, ".al-lens-readout")[0], "“x”2/2 #1Log-ratio +0.250Surprise 0.250")
  second.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }))
  equal(document.activeElement === second, true)
})

test("equal tokens of two steps are subtracted", async () => {
  const before = [row("chosen", [0, 0]), row("rejected", [0, 0.25])]
  const { root, asked } = await mounted({ 50: answer(50, PAIR), 0: { ...answer(0, before), margin: { log_ratio: -0.5 } } }, { against: "@0" })
  equal(asked, ["tokens?language=en&run=r", "tokens?language=en&run=r&step=0&part=pairs&like=ab.0"])
  equal(texts(root, ".al-lens-note"), ["step 50 minus step 0"])
  equal([...root.querySelectorAll(".al-lens-token")].map((token) => token.dataset.value), ["+0.500", "+0.250", "−1", "+0.250"])
  equal(texts(root, ".al-lens-margin"), ["margin +1.50"])
})

test("other tokens stand beside each other, each under its step", async () => {
  const others = [row("", [0, 0], ["a", "b"])]
  others[0].ids = [8, 9]
  const { root } = await mounted({ 50: answer(50, [row("", [1, 1])]), 0: answer(0, others) }, { against: "@0" })
  equal([texts(root, ".al-lens-note"), texts(root, ".al-lens-row header b")], [["beside"], ["step 50", "step 0"]])
})

test("a choice is told to the page once, and its echo changes nothing; another address is followed", async () => {
  const { root, told, asked, component } = await mounted({ 50: answer(50, PAIR), 0: answer(0, PAIR) })
  const select = root.querySelector("select")
  select.value = "surprise"
  select.dispatchEvent(new Event("change"))
  await pause(400)
  equal(told, [["chosen", { show: "surprise" }]])
  const requests = asked.length
  mountLens({ ...component, data: { ...component.data, choice: { show: "surprise" } } })
  await pause(20)
  equal([asked.length, root.querySelector("select").value], [requests, "surprise"])
  mountLens({ ...component, data: { ...component.data, choice: {} } })
  await pause(20)
  equal(root.querySelector("select").value, "log_ratio")
})

test("an address that was written by hand leads to the newest step", async () => {
  const { root } = await mounted({ 50: answer(50, PAIR) }, { step: "x" })
  equal(root.querySelector(".al-empty p").textContent, "gone")
})

test("a step without what was chosen shows what it has, and nothing at all is said", async () => {
  const { root } = await mounted({ 50: answer(50, PAIR) }, { step: "7", part: "rollout" })
  equal(root.querySelector(".al-empty p").textContent, "gone")
  root.querySelector(".al-empty button").click()
  await pause(20)
  equal(root.querySelectorAll(".al-lens-row").length, 2)
})
