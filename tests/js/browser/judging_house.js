// A server of our own round of questions, as the contract has it, and a page that judges it, for tests of a task.

import mountTask from "../../../app/annotate/js/annotate.js"

export const WORDS = {
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
  all_bad: "all bad", earlier_turns: "earlier: {count}", rank_title: "best first", all_rounds: "All rounds",
  again_standing: "another stands", again_refused: "once more", keep: "keep", empty_answer: "empty", kept_in_page_only: "page only",
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

export function house({ count = 30, round = {}, more = {}, scope = `scope${(rounds += 1)}` } = {}) {
  document.body.innerHTML = '<div id="here"><div class="al-annotate"></div></div>'
  const server = { stored: new Map(), posts: [], failing: null, refusing: null, reads: 0, scope, last: [] }
  server.questions = Array.from({ length: count }, (_, index) => question(index, more))
  server.round = { dataset: "d", number: 1, name: "", mode: "pairs", criteria: [], ask_quality: false, guideline: "", guideline_version: null, closed: false, ...round }
  window.fetch = (url, options = {}) => answer(server, url, options)
  const data = { scope, dataset: "d", round: 1, account: "ann", queue_url: "/queue?x", judgements_url: "/judgements", leave_url: `/leave?${scope}`, sign_in_url: "/in", words: WORDS }
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
  if (server.account && server.account !== "ann") return new Response('{"error": "Somebody else."}', { status: 403 })
  const body = options.method === "POST" ? take(server, JSON.parse(options.body)) : list(server, url)
  if (server.slow && options.method !== "POST") await saving("saved") // what was read is old when it arrives
  return new Response(JSON.stringify({ ...body, progress: progress(server) }))
}

export const live = (server) => [...server.stored.values()].filter((vote) => vote.verdict !== "withdrawn" && ![...server.stored.values()].some((other) => other.supersedes === vote.id))
const progress = (server) => ({ mine: live(server).length, total_for_me: server.questions.length, median_seconds: 2 })

function take(server, { judgements, ...named }) {
  server.posts.push(judgements.map(({ id }) => id))
  server.named = named
  const receipts = judgements.map((vote) => {
    if (server.refusing?.(vote)) return { id: vote.id, stored: "refused", error: "Not this one.", standing: server.standing }
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

export async function until(holds, what) {
  for (let turn = 0; !holds(); turn += 1) {
    if (turn > 2000) throw new Error(`${what}: ${JSON.stringify({ ...root().dataset })}`)
    await pause()
  }
}

// No vote is on its way any more: it has its receipt, or the page says why not.
export const settled = () => until(() => root().dataset.saving !== "pending", "votes are on their way")
export const saving = (state) => until(() => root().dataset.saving === state, state)
export const standing = (state) => until(() => root().dataset.state === state, state)
export const loaded = () => until(() => root().dataset.state && root().dataset.state !== "loading", "loading")
export const root = () => document.querySelector(".al-annotate")
export const drawn = () => root().dataset.question
export const text = (selector) => root().querySelector(selector)?.textContent ?? null

export function press(key, { code = /^\d$/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`, target = document.body, ...more } = {}) {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, ...more }))
}

export async function mounted(options) {
  const server = house(options)
  server.unmount = mountTask(server.component)
  await loaded()
  return server
}
