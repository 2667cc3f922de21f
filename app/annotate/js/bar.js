// The buttons under a question: each is a key as well, so that one hand on the keyboard or a thumb is enough.

import { element } from "../../bridge/js/elements.js"
import { fill } from "../../bridge/js/sentences.js"
import { isRanking } from "./ranking.js"
import { SIDES } from "./question_view.js"

const HINTS = { tie: "0", both_bad: "B", much: "⇧", enter: "↵", tied: "=", back: "⌫" }
const SECONDARY = { skip: "S", undo: "U", flag: "F", edit: "E", comment: "N", markdown: "M", history: "H", help: "?" }

// Draws the bar only when something in it changes, as between two questions nothing does.
export function drawBar(bar, state, words, act) {
  const buttons = state.strip ? stripButtons(state, words) : taskButtons(state, words)
  const shown = JSON.stringify([buttons, state.more, state.title])
  if (bar.shown === shown) return
  bar.shown = shown
  bar.dataset.more = Boolean(state.more)
  bar.dataset.kind = state.strip ? "strip" : state.ranking ? "ranking" : "pair"
  const title = state.title ? [element("p", "al-keys-title", state.title)] : []
  const groups = [buttons.filter(({ second }) => !second), buttons.filter(({ second }) => second)]
  bar.replaceChildren(...title, ...groups.filter((group) => group.length).map((group) => keyGroup(group, act)))
}

function taskButtons(state, words) {
  const first = state.ranking ? rankingButtons(state, words) : pairButtons(state, words)
  const second = Object.entries(SECONDARY).map(([name, key]) => (
    { key, label: words.keys[name], action: { name }, name, second: true }
  ))
  const more = { key: "⋯", label: words.keys.more, action: { name: "more" }, name: "more", pressed: state.more }
  return [...first, more, ...second]
}

function pairButtons(state, words) {
  const criterion = state.criterion !== null
  const better = (side, digit) => ({
    key: String(digit),
    label: fill(criterion ? words.better : state.much ? words.much_better : words.better, { letter: SIDES[side] }),
    action: { name: "digit", digit, much: state.much },
    name: side,
    main: true,
  })
  const tie = { key: HINTS.tie, label: words.tie, action: { name: "digit", digit: 0 }, name: "tie", main: true }
  const bad = { key: HINTS.both_bad, label: words.both_bad, action: { name: "bothBad" }, name: "both_bad" }
  const much = { key: HINTS.much, label: words.much, action: { name: "much" }, name: "much", pressed: state.much }
  const keep = { key: HINTS.enter, label: words.keep, action: { name: "enter" }, name: "enter" }
  return [...(state.reveal ? [keep] : []), better("left", 1), better("right", 2), much, tie, bad]
}

function rankingButtons(state, words) {
  const ready = isRanking(state.draft.ranking)
  const enter = { key: HINTS.enter, action: { name: "enter" }, name: "enter", main: true, idle: !ready }
  const done = { ...enter, label: state.reveal ? words.keep : words.rank_done }
  const tied = { key: HINTS.tied, label: words.rank_tied, action: { name: "tied" }, name: "tied", pressed: state.tied }
  const back = { key: HINTS.back, label: words.rank_back, action: { name: "back" }, name: "back" }
  const bad = { key: HINTS.both_bad, label: words.all_bad, action: { name: "bothBad" }, name: "both_bad" }
  return [done, tied, back, bad]
}

// The choices of a question beside the verdict, such as why it is skipped; each by its digit.
function stripButtons(state, words) {
  const choices = state.strip.choices.map(([value, label], index) => ({
    key: String(index + 1),
    label,
    action: { name: "digit", digit: index + 1 },
    name: `choice-${value}`,
    main: true,
  }))
  const main = choices.length === 0 // where the strip saves a text
  const without = { key: state.strip.key, label: state.strip.without, action: { name: "enter" }, name: "without", main }
  const back = { key: "Esc", label: words.keys.escape, action: { name: "escape" }, name: "escape" }
  return [...choices, ...(state.strip.without ? [without] : []), back]
}

// Where a line is too short for all, the rarer keys go to the next one together.
function keyGroup(buttons, act) {
  const group = element("div", "al-key-group")
  group.append(...buttons.map((button) => keyButton(button, act)))
  return group
}

function keyButton({ key, label, action, name, main, second, pressed, idle }, act) {
  const button = element("button", `al-key-button ${main ? "al-key-main" : ""} ${second ? "al-key-second" : ""}`)
  button.dataset.name = name
  const cap = element("kbd", "", key)
  cap.setAttribute("aria-hidden", "true")
  button.append(cap, element("span", "", label))
  if (pressed !== undefined) button.setAttribute("aria-pressed", Boolean(pressed))
  if (idle) button.setAttribute("aria-disabled", "true")
  button.onclick = () => act(action)
  return button
}
