// One legend for all panels: a run that is switched off there stays off through every update.

import { element, stroke } from "./elements.js"

export function legend(entries, words, hidden, onToggle) {
  const row = element("div", "al-legend")
  row.setAttribute("role", "group")
  row.setAttribute("aria-label", words.legend)
  row.append(...entries.map((entry) => legendKey(entry, words, hidden, onToggle)))
  return row
}

function legendKey(entry, words, hidden, onToggle) {
  const key = element("button", "al-key")
  key.title = words.toggle
  key.setAttribute("aria-pressed", !hidden.has(entry.run))
  key.append(stroke(entry), element("span", "", entry.name))
  key.onclick = () => {
    if (!hidden.delete(entry.run)) hidden.add(entry.run)
    key.setAttribute("aria-pressed", !hidden.has(entry.run))
    onToggle()
  }
  return key
}
