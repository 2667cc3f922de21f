// The row above the panels: find one by its title, smooth the curves, draw values on a logarithmic axis,
// mark events, leave the range that all panels share.

import { element } from "../../bridge/js/elements.js"

const STRONGEST = 0.98
const STEP = 0.02

// `onSearch` gets what is looked for; `onChange` comes after the view has changed, `onReset` when the range is left.
export function toolbar(view, words, { onSearch, onChange, onReset }) {
  const row = element("div", "al-toolbar")
  row.setAttribute("role", "toolbar")
  row.setAttribute("aria-label", words.charts)
  const resetRange = element("button", "al-reset", words.range)
  resetRange.onclick = onReset
  const say = { logarithmic: words.logarithmic, events: words.events }
  const help = { logarithmic: words.logarithmic_help, events: words.events_help }
  const choice = (name) => switchButton(view, name, say[name], help[name], onChange)
  const [logarithmic, events] = Object.keys(say).map(choice)
  row.append(searchField(words, onSearch), smoothingField(view, words, onChange), logarithmic, events, resetRange)
  return { row, resetRange, events }
}

function searchField(words, onSearch) {
  const field = element("input", "al-search")
  field.type = "search"
  field.placeholder = words.search
  field.setAttribute("aria-label", words.search)
  field.oninput = () => onSearch(field.value.trim().toLowerCase())
  return field
}

function smoothingField(view, words, onChange) {
  const label = element("label", "al-smoothing", words.smoothing)
  const slider = element("input")
  const value = element("output")
  Object.assign(slider, { type: "range", min: 0, max: STRONGEST, step: STEP, value: view.smoothing })
  const say = () => (value.textContent = view.smoothing ? view.smoothing.toFixed(2) : words.off)
  slider.oninput = () => {
    view.set({ smoothing: Number(slider.value) })
    say()
    onChange()
  }
  say()
  label.append(slider, value)
  return label
}

function switchButton(view, name, words, help, onChange) {
  const button = element("button", "al-switch", words)
  button.title = help
  const say = () => button.setAttribute("aria-pressed", view[name])
  button.onclick = () => {
    view.set({ [name]: !view[name] })
    say()
    onChange()
  }
  say()
  return button
}
