// One question as elements: the prompt, the answers side by side, and what the person has set for them so far.

import { element } from "../../bridge/js/elements.js"
import { answerText, lastQuestion, rawText } from "./blocks.js"
import { CRITERION_KEYS, QUALITY_KEYS } from "./keys.js"
import { fill } from "../../bridge/js/sentences.js"
import { rankOf } from "./ranking.js"
import { revealNote } from "./reveal.js"
import { letterOf } from "./verdict_words.js"

export const SIDES = { left: "A", right: "B" }

// `state`: draft, row (the criterion whose turn it is), markdown, round; `act(action)` carries out what is pressed.
export function questionView(question, state, words, act) {
  const node = element("div", "al-question")
  const answers = element("div", `al-cards ${state.ranking ? "al-cards-many" : ""}`.trim())
  answers.dataset.count = question.responses.length
  answers.append(...question.responses.map((response) => card(response, state, words)))
  node.append(promptView(question.prompt, words), answers, element("div", "al-criteria"), element("ul", "al-set"))
  node.append(...revealNote(question, words))
  updateQuestion(node, question, state, words, act)
  return node
}

// Only what a key can change before the verdict is drawn again: texts keep their place and their selection.
export function updateQuestion(node, question, state, words, act) {
  const heads = node.querySelectorAll(".al-card-head")
  question.responses.forEach((response, index) => {
    heads[index].replaceChildren(...headParts(response, state, words, act))
    const ranked = state.ranking && rankOf(state.draft.ranking, response.id) > 0
    heads[index].parentElement.classList.toggle("al-card-on", ranked)
    heads[index].parentElement.classList.toggle("al-card-turn", state.rated === response.id)
  })
  node.querySelector(".al-criteria").replaceChildren(...criteriaRows(state, words, act))
  node.querySelector(".al-set").replaceChildren(...settings(question, state.draft, words))
}

// To be called once the view stands in the page: only there it has a height. Where a prompt is too tall, what was said
// before the last question is folded; a question that is too tall by itself is cut at its foot.
export function clampPrompt(node, prompt, words) {
  const turns = node.querySelector(".al-turns")
  if (!overflows(turns)) return
  const unfold = () => {
    turns.classList.remove("al-clamped")
    turns.classList.add("al-unfolded")
    node.querySelector(".al-more")?.remove()
  }
  foldEarlier(turns, lastQuestion(prompt), words, unfold)
  if (!overflows(turns)) return
  turns.classList.add("al-clamped")
  const more = element("button", "al-more", words.show_all)
  more.onclick = unfold
  turns.after(more)
}

function overflows(turns) {
  return turns.scrollHeight > turns.clientHeight + 4
}

function foldEarlier(turns, count, words, unfold) {
  if (count === 0) return
  const earlier = element("details", "al-earlier")
  const summary = element("summary", "", fill(words.earlier_turns, { count }))
  earlier.append(summary, ...[...turns.children].slice(0, count))
  earlier.ontoggle = () => earlier.open && unfold()
  turns.prepend(earlier)
}

function promptView(prompt, words) {
  const section = element("section", "al-judge-prompt")
  const turns = element("div", "al-turns")
  turns.append(...prompt.map((turn) => turnView(turn, prompt.length > 1, words)))
  section.append(element("span", "al-label", words.prompt), turns)
  section.setAttribute("aria-label", words.prompt)
  return section
}

function turnView({ role, content }, several, words) {
  const turn = element("div", `al-turn al-turn-${role === "assistant" ? "assistant" : "other"}`)
  if (several || role !== "user") turn.append(element("span", "al-role", words.roles[role] ?? role))
  turn.append(rawText(typeof content === "string" ? content : JSON.stringify(content)))
  return turn
}

function card(response, state, words) {
  const node = element("section", "al-card")
  node.dataset.token = response.id
  node.setAttribute("aria-label", fill(words.answer, { letter: letterOf(response) }))
  const body = element("div", "al-card-body")
  body.append(...bodyOf(response, state, words))
  node.append(element("header", "al-card-head"), body)
  return node
}

export function bodyOf(response, state, words) {
  const edited = state.draft.edits[response.id]
  return edited === undefined ? answerText(response, { markdown: state.markdown, words }) : [rawText(edited)]
}

function headParts(response, state, words, act) {
  const letter = letterOf(response)
  const parts = [element("b", "al-card-letter", letter)]
  if (state.draft.edits[response.id] !== undefined) parts.push(element("span", "al-chip al-edited", words.edited))
  if (state.round.ask_quality) parts.push(qualityToggles(response, state, words, act))
  const last = state.ranking ? rankButton(response, state, words, act) : keyOfCard(letter)
  return [...parts, editButton(response, words, act), last]
}

function keyOfCard(letter) {
  const key = element("kbd", "", letter === "A" ? "1" : "2")
  key.setAttribute("aria-hidden", "true")
  return key
}

function editButton(response, words, act) {
  const button = element("button", "al-act al-card-edit", "✎")
  button.title = fill(words.edit_answer, { letter: letterOf(response) })
  button.setAttribute("aria-label", button.title)
  button.onclick = () => act({ name: "edit", token: response.id })
  return button
}

function rankButton(response, state, words, act) {
  const rank = rankOf(state.draft.ranking, response.id)
  const button = element("button", "al-rank", rank ? fill(words.rank, { rank }) : words.unranked)
  button.setAttribute("aria-pressed", rank > 0)
  button.setAttribute("aria-label", `${fill(words.answer, { letter: response.key })}: ${button.textContent}`)
  button.onclick = () => act({ name: "digit", digit: Number(response.key) })
  return button
}

function qualityToggles(response, state, words, act) {
  const group = element("span", "al-quality")
  group.setAttribute("role", "group")
  group.setAttribute("aria-label", fill(words.quality, { letter: letterOf(response) }))
  for (const [key, quality] of Object.entries(QUALITY_KEYS)) {
    const toggle = element("button", `al-toggle al-toggle-${quality}`, words.qualities[quality])
    toggle.append(element("kbd", "", key.toUpperCase()))
    toggle.setAttribute("aria-pressed", state.draft.quality[response.id] === quality)
    toggle.onclick = () => act({ name: "quality", quality, token: response.id })
    group.append(toggle)
  }
  return group
}

function criteriaRows(state, words, act) {
  if (state.criteria.length === 0) return []
  const rows = state.criteria.map((name, index) => criterionRow(name, index, state, words, act))
  const overall = element("div", "al-criterion al-criterion-overall")
  overall.dataset.turn = state.row === state.criteria.length
  overall.append(element("span", "al-criterion-name", words.overall), element("span", "al-soft", words.overall_hint))
  return [...rows, overall]
}

function criterionRow(name, index, state, words, act) {
  const row = element("div", "al-criterion")
  row.dataset.turn = state.row === index
  row.setAttribute("role", "group")
  row.setAttribute("aria-label", name)
  const title = element("button", "al-criterion-name")
  title.append(element("kbd", "", CRITERION_KEYS[index].toUpperCase()), element("bdi", "", name))
  title.onclick = () => act({ name: "criterion", index })
  const switches = ["left", "tie", "right"].map((side) => criterionSwitch({ name, index, side }, state, words, act))
  row.append(title, ...switches)
  return row
}

function criterionSwitch({ name, index, side }, state, words, act) {
  const button = element("button", "al-toggle", SIDES[side] ?? "=")
  button.setAttribute("aria-pressed", state.draft.criteria[name] === side)
  button.setAttribute("aria-label", side === "tie" ? words.tie : fill(words.better, { letter: SIDES[side] }))
  button.onclick = () => act({ name: "criterion", index, side })
  return button
}

// What goes with the verdict and is not seen elsewhere: the flag and the comment.
function settings(question, draft, words) {
  const texts = []
  if (draft.flag) texts.push(`⚑ ${words.flags[draft.flag] ?? draft.flag}`)
  if (draft.comment) texts.push(`✎ ${draft.comment}`)
  return texts.map((text) => element("li", "", text))
}
