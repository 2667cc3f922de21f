// One answer of a model: its reward as a bar and a number, what else is known of it, and its text with what differs.
// Texts are set as text, never as markup.

import { element } from "../../bridge/js/elements.js"
import { raw } from "../../bridge/js/asked.js"
import { fill } from "../../bridge/js/sentences.js"
import { shown } from "../../charts/js/numbers.js"
import { barOf } from "./sample_view.js"

const TAGS = { same: "span", added: "ins", removed: "del" }

// `options`: `range` of all rewards and `widest` of advantages, for the bars; `numbered` where a prompt has several
// samples; `first`: the step of the reward that the answer's `first` was.
export function answerCard(answer, words, options = {}) {
  const card = element("article", "al-sample")
  if (answer.trained === false || isUnchanged(answer)) card.classList.add("al-sample-quiet")
  card.append(figures(answer, words, options), ...thinking(answer, words), text(answer, words))
  const parts = Object.entries(answer.scores)
  if (parts.length > 1) card.append(element("p", "al-sample-parts", parts.map(partWords).join(" · ")))
  return card
}

const partWords = ([name, value]) => `${name} ${shown(value)}`

function figures(answer, words, options) {
  const row = element("header", "al-sample-figures")
  if (answer.reward !== null) row.append(reward(answer, words, options.range))
  else row.append(element("span", "al-soft", words.noReward))
  if (answer.advantage !== null && answer.advantage !== undefined) row.append(advantage(answer, words, options))
  const facts = element("span", "al-sample-facts", factsOf(answer, words, options).join(" · "))
  row.append(...change(answer, words, options), facts, ...marks(answer, words))
  return row
}

function reward(answer, words, range) {
  const place = element("span", "al-sample-reward")
  place.title = words.rewardHelp
  if (range && typeof answer.reward === "number") place.append(bar(answer.reward, range, "al-sample-bar"))
  place.append(element("b", "", shown(answer.reward)))
  return place
}

function bar(value, range, name) {
  const { left, width } = barOf(value, range)
  const track = element("i", name)
  const filled = track.appendChild(element("i"))
  track.setAttribute("aria-hidden", "true")
  Object.assign(filled.style, { insetInlineStart: `${left}%`, width: `${width}%` })
  return track
}

function advantage(answer, words, { widest }) {
  const place = element("span", "al-sample-reward al-sample-advantage", `${words.advantage} `)
  place.title = words.advantageHelp
  const drawn = widest && typeof answer.advantage === "number"
  if (drawn) place.append(bar(answer.advantage, [-widest, widest], "al-sample-bar al-sample-signed"))
  place.append(element("b", "", signed(answer.advantage)))
  return place
}

function change(answer, words, { first }) {
  if (typeof first !== "number" || typeof answer.first !== "number" || typeof answer.reward !== "number") return []
  const difference = answer.reward - answer.first
  const glyph = difference > 0 ? "▲" : difference < 0 ? "▼" : "="
  const tone = difference > 0 ? "al-good" : difference < 0 ? "al-bad" : "al-soft"
  const node = element("span", `al-tone ${tone}`, `${glyph} ${signed(difference)}`)
  node.title = fill(words.since, { step: first })
  return [node]
}

export const signed = (value) => (value > 0 ? `+${shown(value)}` : shown(value))

function factsOf(answer, words, { numbered }) {
  const facts = numbered ? [fill(words.number, { number: answer.sample + 1 })] : []
  if (answer.tokens) facts.push(fill(words.tokens, { count: answer.tokens })) // an answer from elsewhere has no count
  if (answer.kl !== null) facts.push(fill(words.divergence, { value: shown(answer.kl) }))
  return facts
}

function marks(answer, words) {
  const notes = []
  if (!answer.finished) notes.push(["al-warning", `✂ ${words.cut}`, words.cutHelp])
  if (isUnchanged(answer)) notes.push(["al-soft", `= ${words.unchanged}`, ""])
  if (answer.rewritten) notes.push(["al-soft", `≠ ${words.rewritten}`, words.rewrittenHelp])
  if (answer.trained === false) notes.push(["al-soft", `○ ${words.leftOut}`, words.leftOutHelp])
  return notes.map(([tone, sentence, help]) => {
    const mark = element("span", `al-tone ${tone}`, sentence)
    mark.title = help
    return mark
  })
}

const isUnchanged = ({ pieces }) => Boolean(pieces) && pieces.every(([kind]) => kind === "same")

function thinking(answer, words) {
  if (!answer.thinking) return []
  const details = element("details", "al-earlier")
  details.append(element("summary", "", words.thinking), raw(answer.thinking))
  return [details]
}

function text(answer, words) {
  if (!answer.pieces) return answer.text.trim() ? raw(answer.text) : element("p", "al-soft", words.nothing)
  const body = raw("")
  body.append(...answer.pieces.map(([kind, piece]) => element(TAGS[kind], "", piece)))
  return body
}
