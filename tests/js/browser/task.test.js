import mountTask from "../../../app/annotate/js/annotate.js"
import { equal, test } from "../harness.js"

const WORDS = {
  ...Object.fromEntries("prompt show_all thinking edited tie both_bad much keys_title close undone".split(" ").map((name) => [name, name])),
  better: "{letter} is better", much_better: "{letter} is much better", of: "{done} of {total}", answer: "Answer {letter}",
  edit_answer: "Edit {letter}", quality: "Quality {letter}", criterion: "{name} {number}/{count}", now: "Question {number}",
  minutes_left: "{minutes} min", seconds_left: "soon", each: "{seconds} s", progress: "progress", edit_label: "edit it",
  comment_label: "comment", save: "Save", no_reason: "none", rank: "#{rank}", unranked: "unranked", refused: "refused: {count}",
  refused_title: "refused", refused_hint: "hint", show: "Show", copy: "Copy", judge_again: "Again", dismiss: "Drop",
  signed_out: "signed out, {count} kept", sign_in: "Sign in", changing: "changing", back_to_queue: "Back", overall: "Overall",
  overall_hint: "", nothing_to_undo: "nothing", no_history: "none yet", history_hint: "press", revealed: "revealed",
  revealed_hint: "", you: "you", ranked: "ranked", new_guidelines: "new {version}", read: "Read", guidelines: "Guidelines",
  guideline_version: "Guidelines {version}", no_guidelines: "none", rank_done: "done", rank_tied: "tied", rank_back: "back",
  all_bad: "all bad", keep: "keep", empty_answer: "empty", kept_in_page_only: "page only",
  roles: {}, qualities: { good: "good", ok: "ok", bad: "bad" }, verdicts: { tie: "tie", skip: "skipped" },
  reasons: { unclear: "unclear", expertise: "cannot tell" }, flags: { harmful: "harmful", private: "private" },
  keys: { help: "help", history: "history", escape: "back", skip: "skip", undo: "undo", flag: "flag", edit: "edit", comment: "comment", markdown: "raw", more: "more" },
  strips: { skip: "why?", flag: "what?", choose: "which?", edit: "write", comment: "say" },
  saving: { saved: "saved", pending: "saving {count}", offline: "offline {count}", signed_out: "out {count}", refused: "stuck {count}" },
  help: { pairs: [["1 ←", "A"]], ranking: [["1", "rank"]], criteria: ["Q", "c"], quality: ["G", "q"], both: [["S", "skip"]] },
  ends: {
    done: { title: "done", advice: "{count} in {seconds}" }, waiting: { title: "waiting", advice: "" }, closed: { title: "closed", advice: "" },
    empty: { title: "empty", advice: "" }, signed_out: { title: "signed out", advice: "" }, unreachable: { title: "unreachable", advice: "" },
    refused: "not shown",
  },
}
let rounds = 0

// A server of our own round of questions, as the contract has it, and a page that judges it.
function house({ count = 30, round = {}, more = {}, scope = `scope${(rounds += 1)}` } = {}) {
  document.body.innerHTML = '<div id="here"><div class="al-annotate"></div></div>'
  const server = { stored: new Map(), posts: [], failing: null, refusing: null, reads: 0, scope, last: [] }
  server.questions = Array.from({ length: count }, (_, index) => question(index, more))
  server.round = { dataset: "d", number: 1, name: "", mode: "pairs", criteria: [], ask_quality: false, guideline: "", guideline_version: null, closed: false, ...round }
  window.fetch = (url, options = {}) => answer(server, url, options)
  const data = { scope, dataset: "d", round: 1, queue_url: "/queue?x", judgements_url: "/judgements", leave_url: `/leave?${scope}`, sign_in_url: "/in", words: WORDS }
  server.component = { data, parentElement: document.querySelector("#here") }
  return server
}

function question(index, more) {
  const answers = ["left", "right"].map((side) => ({ key: side === "left" ? "L" : "R", id: `${side}${index}`, text: `${side} ${index}`, blocks: null, thinking: null }))
  return { id: `q${index}`, turn: 0, kind: "pair", phase: "blind", prompt: [{ role: "user", content: `prompt ${index}` }], responses: answers, ...more }
}

async function answer(server, url, options) {
  await Promise.resolve()
  if (server.failing === 0) throw new TypeError("Failed to fetch")
  if (server.failing) return new Response(JSON.stringify({ error: "Why." }), { status: server.failing })
  if (url === `/leave?${server.scope}`) server.left = JSON.parse(options.body)
  if (url.startsWith("/leave")) return new Response("{}") // a task of an earlier test may leave late
  const body = options.method === "POST" ? take(server, JSON.parse(options.body)) : list(server, url)
  if (server.slow && options.method !== "POST") await saving("saved") // what was read is old when it arrives
  return new Response(JSON.stringify({ ...body, progress: progress(server) }))
}

const live = (server) => [...server.stored.values()].filter((vote) => vote.verdict !== "withdrawn" && ![...server.stored.values()].some((other) => other.supersedes === vote.id))
const progress = (server) => ({ mine: live(server).length, total_for_me: server.questions.length, median_seconds: 2 })

function take(server, { judgements }) {
  server.posts.push(judgements.map(({ id }) => id))
  const receipts = judgements.map((vote) => {
    if (server.refusing?.(vote)) return { id: vote.id, stored: "refused", error: "Not this one." }
    const stored = server.stored.has(vote.id) ? "again" : "stored"
    server.stored.set(vote.id, vote)
    return { id: vote.id, stored, error: null }
  })
  return { receipts }
}

function list(server, url) {
  server.reads += 1
  const done = new Set(live(server).map((vote) => vote.question))
  const asked = Number(/count=(\d+)/.exec(url)[1])
  const open = server.questions.filter((each) => !done.has(each.id) && !server.withheld?.(each))
  return { round: server.round, questions: open.slice(0, asked), last: server.last }
}

const pause = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms))

async function until(holds, what) {
  for (let turn = 0; !holds(); turn += 1) {
    if (turn > 2000) throw new Error(`${what}: ${JSON.stringify({ ...root().dataset })}`)
    await pause()
  }
}

// No vote is on its way any more: it has its receipt, or the page says why not.
const settled = () => until(() => root().dataset.saving !== "pending", "votes are on their way")
const saving = (state) => until(() => root().dataset.saving === state, state)
const standing = (state) => until(() => root().dataset.state === state, state)
const loaded = () => until(() => root().dataset.state && root().dataset.state !== "loading", "loading")
const root = () => document.querySelector(".al-annotate")
const drawn = () => root().dataset.question
const text = (selector) => root().querySelector(selector)?.textContent ?? null

function press(key, { code = /^\d$/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`, target = document.body, ...more } = {}) {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...more }))
}

async function mounted(options) {
  const server = house(options)
  server.unmount = mountTask(server.component)
  await loaded()
  return server
}

test("a burst of keys is one vote a pair, each on the pair that was drawn, and fetches ahead", async () => {
  const server = await mounted({ count: 90 })
  const given = []
  for (let index = 0; index < 80; index += 1) {
    const side = index % 3 ? "left" : "right"
    await until(drawn, "no pair is drawn")
    given.push([drawn(), side])
    press(side === "left" ? "1" : "2")
  }
  await settled()
  equal([...server.stored.values()].map((vote) => [`${vote.question}:${vote.turn}`, vote.verdict]), given)
  equal([drawn(), root().dataset.saving, text(".al-count")], ["q80:0", "saved", "80 of 90"])
  server.unmount()
})

test("the next pair stands before the key's handler returns", async () => {
  const server = await mounted()
  press("2", { shiftKey: true })
  equal([drawn(), text(".al-card-body"), server.stored.size], ["q1:0", "left 1", 0])
  await settled()
  equal([...server.stored.values()][0].strength, 2)
  server.unmount()
})

test("without a connection votes stay, survive a reload, and are sent once when it is back", async () => {
  const server = await mounted()
  server.failing = 0
  for (const key of "121") press(key)
  await settled()
  equal([server.stored.size, root().dataset.saving, text(".al-count"), drawn()], [0, "offline", "3 of 30", "q3:0"])
  server.unmount()
  server.failing = null
  const again = { ...server.component, data: { ...server.component.data, words: { ...WORDS, x: "another load" } } }
  document.body.innerHTML = '<div id="here"><div class="al-annotate"></div></div>'
  again.parentElement = document.querySelector("#here")
  const unmount = mountTask(again)
  await loaded()
  await saving("saved")
  equal([server.stored.size, drawn(), root().dataset.saving], [3, "q3:0", "saved"])
  unmount()
})

test("undo takes the last vote back and draws its pair with what stood beside it", async () => {
  const server = await mounted()
  press("1")
  press("u")
  await settled()
  equal([drawn(), live(server).length, [...server.stored.values()].map(({ verdict }) => verdict)], ["q0:0", 0, ["left", "withdrawn"]])
  press("2")
  await settled()
  equal(live(server).map((vote) => [vote.question, vote.verdict]), [["q0", "right"]])
  equal(drawn(), "q1:0")
  server.unmount()
})

test("the own last verdicts of before are there to be changed", async () => {
  const server = house()
  server.last = [{ judgement_id: "old", question: server.questions[7], verdict: "left", strength: 1, criteria: {}, quality: {}, edits: {}, ranking: null }]
  const unmount = mountTask(server.component)
  await loaded()
  press("h")
  root().querySelector(".al-history-entry").click()
  equal([drawn(), text(".al-notice")], ["q7:0", "changingBack"])
  press("Escape", { code: "Escape" })
  equal(drawn(), "q0:0")
  press("h")
  root().querySelector(".al-history-entry").click()
  press("0")
  await settled()
  equal([...server.stored.values()].map((vote) => [vote.question, vote.verdict, vote.supersedes]), [["q7", "tie", "old"]])
  unmount()
})

test("a refused vote is shown with its sentence, and can be given again", async () => {
  const server = await mounted()
  server.refusing = (vote) => vote.question === "q0"
  press("1")
  press("1")
  await settled()
  press("h")
  equal(root().querySelectorAll(".al-history-entry").length, 1)
  root().querySelector("dialog").close()
  equal([text(".al-notice"), live(server).map((vote) => vote.question)], ["refused: 1Show", ["q1"]])
  root().querySelector(".al-notice-button").click()
  equal(text(".al-refused .al-bad"), "Not this one.")
  server.refusing = null
  ;[...root().querySelectorAll(".al-refused button")][1].click()
  equal(drawn(), "q0:0")
  press("2")
  await settled()
  equal([live(server).length, root().querySelector(".al-notice")], [2, null])
  server.unmount()
})

test("signed out: the votes are kept and the page says where to sign in", async () => {
  const server = await mounted()
  server.failing = 401
  press("1")
  await settled()
  equal([text(".al-notice"), root().querySelector(".al-notice a").getAttribute("href")], ["signed out, 1 keptSign in", "/in"])
  server.failing = null
  window.dispatchEvent(new Event("focus"))
  await saving("saved")
  equal([server.stored.size, root().dataset.saving], [1, "saved"])
  server.unmount()
})

test("what another tab has judged is not asked here", async () => {
  const server = await mounted()
  const entry = { vote: { id: "elsewhere", verdict: "left", question: "q0", turn: 0 }, question: server.questions[0] }
  const key = `${server.scope}.vote.000000000000001.000001.elsewhere`
  window.dispatchEvent(new StorageEvent("storage", { key, newValue: JSON.stringify(entry) }))
  equal(drawn(), "q1:0")
  server.unmount()
})

test("keys in a field vote for nothing; Ctrl+Enter saves, and the draft outlives a reload", async () => {
  const server = await mounted()
  press("e")
  press("2")
  const field = root().querySelector("textarea")
  equal([field.value, document.activeElement === field], ["right 0", true])
  press("1", { target: field })
  field.value = "as it should be"
  field.dispatchEvent(new Event("input"))
  press("Enter", { code: "Enter", ctrlKey: true, target: field })
  equal([...root().querySelectorAll(".al-card-body")].map((node) => node.textContent), ["left 0", "as it should be"])
  equal(JSON.parse(localStorage.getItem(`${server.scope}.draft.q0:0`)).draft.edits, { right0: "as it should be" })
  press("2")
  await settled()
  equal([...server.stored.values()].map((vote) => vote.edits), [{ right0: "as it should be" }])
  equal(localStorage.getItem(`${server.scope}.draft.q0:0`), null)
  server.unmount()
})

test("criteria and qualities go with the verdict", async () => {
  const server = await mounted({ round: { criteria: ["helpful", "honest"], ask_quality: true } })
  for (const key of "gx102") press(key)
  await settled()
  const [vote] = server.stored.values()
  equal([vote.criteria, vote.quality, vote.verdict], [{ helpful: "left", honest: "tie" }, { left0: "good", right0: "bad" }, "right"])
  server.unmount()
})

test("a ranking of four is pressed in order, and stands on the cards", async () => {
  const responses = [1, 2, 3, 4].map((key) => ({ key: String(key), id: `t${key}`, text: `answer ${key}`, blocks: null }))
  const server = await mounted({ more: { kind: "ranking", responses } })
  press("3")
  press("=", { code: "Equal" })
  press("1")
  press("4")
  equal([...root().querySelectorAll(".al-rank")].map((node) => node.textContent), ["#1", "unranked", "#1", "#3"])
  press("Enter", { code: "Enter" })
  await settled()
  const [vote] = server.stored.values()
  equal([vote.verdict, vote.ranking], ["ranking", [["t3", "t1"], ["t4"]]])
  server.unmount()
})

test("nothing in a text becomes an element: not in a prompt, an answer, its thinking or a block", async () => {
  const evil = "<img src=x onerror=window.stolen=1>"
  const responses = [
    { key: "L", id: "l", text: `<think>${evil}</think>${evil}`, blocks: null, thinking: null },
    { key: "R", id: "r", text: evil, blocks: [{ tag: "script", text: "window.stolen=1" }, { tag: "p", children: [{ text: evil }] }], thinking: evil },
  ]
  const server = await mounted({ more: { responses, prompt: [{ role: evil, content: evil }] } })
  press("h")
  equal([root().querySelectorAll("img, script").length, window.stolen], [0, undefined])
  equal([...root().querySelectorAll("details summary")].length, 2)
  equal(text(".al-markdown p"), evil)
  server.unmount()
})

test("raw text and formatted text take turns, and the choice is kept", async () => {
  const blocks = [{ tag: "p", children: [{ tag: "strong", text: "bold" }] }]
  const responses = ["L", "R"].map((key) => ({ key, id: key, text: "**bold**", blocks, thinking: null }))
  const server = await mounted({ more: { responses } })
  equal(text(".al-card-body strong"), "bold")
  press("m")
  equal([text(".al-card-body"), root().querySelector(".al-card-body strong")], ["**bold**", null])
  press("m")
  equal(text(".al-card-body strong"), "bold")
  server.unmount()
})

test("the reveal of a norming round shows who said what, and Enter keeps the own verdict", async () => {
  const verdicts = [
    { name: "ann", mine: true, judgement_id: "old", verdict: "left", strength: 2, criteria: {}, ranking: null, comment: null },
    { name: "ben", mine: false, verdict: "right", strength: 1, criteria: {}, ranking: null, comment: "shorter" },
  ]
  const server = await mounted({ count: 2, more: { phase: "reveal", verdicts } })
  equal([...root().querySelectorAll(".al-reveal li")].map((node) => node.textContent), ["youA is much better", "benB is bettershorter"])
  root().querySelector("[data-name=enter]").click()
  press("2")
  await settled()
  const votes = [...server.stored.values()].map((vote) => [vote.verdict, vote.strength, vote.reasons, vote.supersedes])
  equal(votes, [["left", 2, ["norming"], "old"], ["right", 1, ["norming"], "old"]])
  server.unmount()
})

test("at the end the page says whether all is done or others hold the rest", async () => {
  const server = await mounted({ count: 2 })
  press("1")
  press("1")
  await standing("done")
  equal([root().dataset.state, text(".al-judge-end h2"), text(".al-judge-end p").startsWith("2 in ")], ["done", "done", true])
  press("u")
  equal(drawn(), "q1:0")
  server.unmount()
})

test("a page without its server says so, and a closed round too", async () => {
  for (const [failing, state] of [[0, "failed"], [404, "failed"], [410, "closed"], [401, "failed"]]) {
    const server = house()
    server.failing = failing
    const unmount = mountTask(server.component)
    await loaded()
    equal(root().dataset.state, state)
    unmount()
  }
})

test("drawn anew by the page, the task goes on where it was", async () => {
  const server = await mounted()
  press("1")
  server.unmount()
  document.body.innerHTML = '<div id="here"><div class="al-annotate"></div></div>'
  const unmount = mountTask({ ...server.component, parentElement: document.querySelector("#here") })
  equal(drawn(), "q1:0")
  press("1")
  equal(drawn(), "q2:0")
  await settled()
  unmount()
  press("1")
  equal(drawn(), "q2:0")
})

test("who leaves for good gives the rest back, who is back at once keeps it", async () => {
  const server = await mounted()
  server.unmount()
  const unmount = mountTask(server.component)
  await new Promise((done) => setTimeout(done, 1200))
  equal(server.left, undefined)
  unmount()
  await until(() => server.left?.dataset === "d" && server.left.round === 1, "the questions are given back")
  mountTask(server.component)
  await until(drawn, "they are asked for again")
})

test("after a reload undo goes on from the verdict that the server has last, but not from one already taken back", async () => {
  const server = house()
  const given = (index) => ({ judgement_id: `old${index}`, question: server.questions[index], verdict: "left", strength: 1, criteria: {}, quality: {}, edits: {}, ranking: null })
  server.last = [given(5), given(4)]
  const entry = { vote: { id: "undo", verdict: "withdrawn", question: "q5", turn: 0, supersedes: "old5" }, question: server.questions[5] }
  localStorage.setItem(`${server.scope}.vote.000000000000001.000001.undo`, JSON.stringify(entry))
  const unmount = mountTask(server.component)
  await loaded()
  press("u")
  await settled()
  equal([drawn(), [...server.stored.values()].map((vote) => vote.supersedes)], ["q4:0", ["old5", "old4"]])
  unmount()
})

test("what the last verdict brings to light is drawn at once, not when the page looks again", async () => {
  const server = await mounted({ count: 2 })
  server.withheld = ({ id }) => id === "q1" && server.stored.size === 0
  server.unmount()
  const again = { ...server.component, data: { ...server.component.data, scope: `${server.scope}.again` } }
  document.body.innerHTML = '<div id="here"><div class="al-annotate"></div></div>'
  const unmount = mountTask({ ...again, parentElement: document.querySelector("#here") })
  await loaded()
  server.slow = true
  press("1")
  equal(drawn(), "")
  await until(drawn, "the second question")
  equal(drawn(), "q1:0")
  unmount()
})

test("mounted again in another language, the keys belong to what is seen, and the draft is there", async () => {
  const server = await mounted()
  press("f")
  press("2")
  const data = { ...server.component.data, words: { ...WORDS, tie: "gleich gut" } }
  const leave = mountTask({ ...server.component, data })
  await loaded()
  equal(text(".al-set"), "⚑ private")
  press("e")
  press("1")
  equal(root().querySelector("textarea").value, "left 0")
  leave()
})
