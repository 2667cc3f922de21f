// Ticks on the axis of a panel where something happened to a run: hovering one says what, and so does focus on all.

import { element } from "../../bridge/js/elements.js"
import { along } from "./axis_positions.js"
import { curveOf } from "./points.js"

const MOST_LINES = 24 // that focus on the whole strip shows

// Where the marks of the runs lie along the axis: those that happened at one position are one.
export function positions(store, axis, marks, names = {}) {
  const placed = new Map()
  for (const [run, own] of Object.entries(marks)) {
    const base = axis.key ? curveOf(store, run, axis.key) : null
    if (axis.key && !base) continue
    for (const { step, tone, words } of own) {
      const at = base ? along(base, step) : step
      const text = run in names ? `${names[run]}\n${words}` : words
      const same = placed.get(at)
      placed.set(at, same ? { ...same, words: `${same.words}\n${text}` } : { at, tone, words: text })
    }
  }
  return [...placed.values()].toSorted((one, other) => one.at - other.at)
}

// Draws the ticks of a panel anew; `isFirst` of the panels takes part in the order of tabs.
export function drawMarks(panel, placed, label, isFirst) {
  const { strip, plot } = panel
  const axes = plot._fullLayout
  strip.hidden = placed.length === 0 || !axes?.xaxis?.l2p
  if (strip.hidden) return
  const { xaxis, yaxis } = axes
  Object.assign(strip.style, {
    left: `${plot.offsetLeft + xaxis._offset}px`,
    top: `${plot.offsetTop + yaxis._offset + yaxis._length}px`,
    width: `${xaxis._length}px`,
  })
  const inside = placed.map((mark) => ({ ...mark, left: xaxis.l2p(mark.at) }))
  const shown = inside.filter(({ left }) => left >= 0 && left <= xaxis._length)
  strip.replaceChildren(...shown.map((mark) => tick(mark, xaxis._length)))
  const lines = shown.slice(0, MOST_LINES).map(({ words }) => words.replaceAll("\n", " · "))
  strip.setAttribute("role", "note")
  strip.setAttribute("aria-label", `${label}: ${lines.join("; ")}`)
  strip.dataset.words = [label, ...lines].join("\n")
  strip.tabIndex = isFirst ? 0 : -1
}

function tick({ left, tone, words }, width) {
  const mark = element("i", left > width / 2 ? "al-event al-left" : "al-event")
  mark.style.left = `${left}px`
  mark.style.setProperty("--al-tone", `var(--al-${tone})`)
  mark.dataset.words = words
  return mark
}
