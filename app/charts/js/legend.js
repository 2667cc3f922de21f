// One legend for all panels: a run that is switched off there stays off through every update.

import { element } from "../../bridge/js/elements.js"
import { stroke } from "./stroke.js"

export function legend(entries, words, view, onToggle) {
  const row = element("div", "al-legend")
  row.setAttribute("role", "group")
  row.setAttribute("aria-label", words.legend)
  row.append(...entries.map((entry) => legendKey(entry, words, view, onToggle)))
  return row
}

function legendKey(entry, words, view, onToggle) {
  const key = element("button", "al-key")
  key.title = words.toggle
  const say = () => key.setAttribute("aria-pressed", !view.hidden.includes(entry.run))
  say()
  key.append(stroke(entry), element("span", "", entry.name))
  key.onclick = () => {
    view.toggle("hidden", entry.run)
    say()
    onToggle()
  }
  return key
}
