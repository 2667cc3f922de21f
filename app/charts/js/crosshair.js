// One crosshair for all panels: each shows its own value where the pointer is along the axis. A panel with an axis of
// its own takes no part.

import { nearest } from "./axis_positions.js"
import { fill } from "../../bridge/js/sentences.js"
import { element } from "../../bridge/js/elements.js"
import { stroke } from "./stroke.js"
import { shown } from "./numbers.js"

export class Crosshair {
  // `multiple`: several runs share the panels. Their values do not fit beside the title, but in a box at the pointer.
  constructor(multiple, switchWords = "") {
    Object.assign(this, { multiple, switchWords })
    this.panels = []
    this.axis = null
    this.position = null // along the axis, or null where the pointer is in no panel
    this.hovered = null // the panel under the pointer
  }

  follow(panel) {
    if (panel.across) return
    this.panels.push(panel)
    panel.plot.on("plotly_hover", ({ xvals }) => {
      ;[this.position, this.hovered] = [xvals[0], panel]
      this.panels.forEach((each) => this.#point(each))
    })
    panel.plot.on("plotly_unhover", () => {
      this.position = this.hovered = null
      this.panels.forEach((each) => {
        each.hairline.hidden = each.readout.hidden = true
        this.showValues(each)
      })
    })
  }

  // After a panel was drawn anew: its axis may show another range.
  renew(panel) {
    if (this.position === null || panel.across) this.showValues(panel)
    else this.#point(panel)
  }

  #point(panel) {
    const { xaxis, yaxis } = panel.plot._fullLayout
    const left = xaxis._offset + xaxis.l2p(this.position)
    panel.hairline.hidden = !(left >= xaxis._offset && left <= xaxis._offset + xaxis._length)
    const { offsetLeft, offsetTop } = panel.plot
    const place = { left: offsetLeft + left, top: offsetTop + yaxis._offset, height: yaxis._length }
    for (const [name, pixels] of Object.entries(place)) panel.hairline.style[name] = `${pixels}px`
    panel.readout.classList.toggle("al-left", left > xaxis._offset + xaxis._length / 2)
    this.showValues(panel)
  }

  // The last values, or those at the crosshair; the order is that of the legend.
  showValues(panel) {
    const position = panel.across ? null : this.position
    const hovered = panel === this.hovered
    panel.readout.hidden = !this.multiple || !hovered
    for (const place of [panel.value, panel.values, panel.readout]) place.replaceChildren()
    const alone = panel.legend.filter(({ interval }) => !interval)
    const legend = this.multiple ? panel.curves.filter(({ band, faint }) => !band && !faint) : alone
    for (const curve of legend) {
      const value = element("b", "", shown(valueAt(curve, position)))
      if (this.multiple) panel.readout.append(stroke(curve), element("span", "", curve.name), value)
      else if (legend.length === 1) panel.value.append(value, boundsAt(panel.curves, curve, position), " ")
      else panel.values.append(legendEntry(curve, value, panel.curves.includes(curve), this.switchWords))
    }
    const note = hovered ? fill(this.axis.at, { value: shown(pointAt(panel.curves, position)) }) : panel.unit
    panel.value.append(element("span", "al-soft", note))
  }
}

// Which curve it is and its value: an entry of the legend of a panel with several curves of one run.
function legendEntry(curve, value, isDrawn, title) {
  const entry = element("button", "al-entry")
  Object.assign(entry, { name: entryName(curve), title })
  entry.setAttribute("aria-pressed", isDrawn)
  entry.append(stroke(curve), curve.name, " ", value)
  return entry
}

// What a hidden curve is remembered by; the edges of its interval are hidden with it.
export function entryName({ run, key }) {
  return `${run} ${key.replace(/:(low|high)$/, "")}`
}

// The interval of a curve at a position, as text: " 0.55–0.69"; nothing where none is kept.
export function boundsAt(curves, { run, key }, position) {
  const name = entryName({ run, key })
  const edges = curves.filter((curve) => curve.interval && entryName(curve) === name)
  return edges.length === 2 ? ` ${edges.map((edge) => shown(valueAt(edge, position))).join("–")}` : ""
}

export function valueAt(curve, position) {
  return curve.y[position === null ? curve.y.length - 1 : nearest(curve.x, position)]
}

// The position of the first curve's point that is nearest to the pointer.
export function pointAt(curves, position) {
  return curves.length ? curves[0].x[nearest(curves[0].x, position)] : position
}
