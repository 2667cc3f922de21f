// Panels of curves that grow in place: zoom, hidden legend entries and hover survive every update, because Plotly is
// handed the same chart with longer arrays (Plotly.react under a constant uirevision) instead of a new chart.

import { WAIT_AFTER_FAILURE_MS, markFresh, markStale } from "../../bridge/js/staleness.js"
import { curveAlong, last } from "./axis_positions.js"
import { Crosshair } from "./crosshair.js"
import { element } from "./elements.js"
import { baselineTrace, plotlyLayout, plotlyTrace } from "./plotly_layout.js"
import { legend } from "./legend.js"
import { shown } from "./numbers.js"
import { Palette } from "./palette.js"
import { buildPanel, offerWholeCurve, plotHeight, reveal } from "./panel.js"
import { loadPlotly } from "./plotly.js"
import { applyUpdate, cursorQuery, dropIfLong, emptyStore } from "./points.js"

const EVERY_MS = 1000
const RELEASES = ["pointerup", "pointercancel"]

export default function mountPanels({ data, parentElement }) {
  const root = parentElement.querySelector(".al-panels")
  const content = JSON.stringify([data.sections, data.legend, data.url, data.language])
  root.mount?.stop()
  if (root.mount?.content !== content) root.mount = new LivePanels(root, data, content)
  root.mount.start(data)
  return () => root.mount.stop()
}

class LivePanels {
  constructor(root, data, content) {
    Object.assign(this, { root, data, content, axis: data.axis })
    this.store = emptyStore()
    this.hidden = root.hiddenRuns ??= new Set() // kept when runs are added or taken away
    this.multiple = data.legend.length > 0
    this.palette = new Palette(root)
    this.crosshair = new Crosshair(this.multiple, this.palette)
    this.listeners = null // an AbortController while mounted: it takes the listeners away again
    this.timer = null
    this.reached = 1
    this.ended = false
    this.pressed = false // while the pointer is down nothing is redrawn: that would end a zoom half drawn
    this.undrawn = false // something came that is not drawn yet: points, another axis, another choice of runs
    this.panels = this.build()
    this.resizes = new ResizeObserver(() => this.resize())
  }

  start(data) {
    this.undrawn ||= data.axis.key !== this.axis.key
    this.axis = this.crosshair.axis = data.axis
    if (data.active) this.ended = false // a run that was resumed goes on
    if (this.listeners) return
    this.listeners = new AbortController()
    const { signal } = this.listeners
    document.addEventListener("visibilitychange", () => this.wake(), { signal })
    this.root.addEventListener("pointerdown", () => (this.pressed = true), { signal, capture: true })
    for (const end of RELEASES) window.addEventListener(end, () => this.release(), { signal, capture: true })
    this.resizes.observe(this.root)
    if (!this.ended || this.undrawn) this.refresh()
  }

  stop() {
    this.listeners?.abort()
    this.listeners = null
    clearTimeout(this.timer)
    this.resizes.disconnect()
  }

  // Plotly's own handlers of the same event come first.
  release() {
    this.pressed = false
    if (this.undrawn) setTimeout(() => this.listeners && !this.pressed && this.paint(window.Plotly))
  }

  wake() {
    if (!document.hidden && this.listeners && !this.ended) this.refresh()
  }

  resize() {
    for (const panel of this.panels) if (panel.drawn) window.Plotly.Plots.resize(panel.plot)
  }

  build() {
    const { root, data } = this
    root.dataset.state = "loading"
    root.replaceChildren(element("p", "al-soft al-note", data.words.loading))
    if (this.multiple) root.append(legend(data.legend, data.words, this.hidden, () => this.redraw()))
    return data.sections.flatMap(({ title, panels }) => {
      const heading = root.appendChild(element("h3", "al-section", title))
      const grid = root.appendChild(element("div", "al-grid"))
      heading.hidden = grid.hidden = true
      return panels.map((panel) => buildPanel(panel, { heading, grid }, data.words))
    })
  }

  redraw() {
    this.undrawn = true
    this.refresh()
  }

  async refresh() {
    clearTimeout(this.timer)
    if (!this.listeners || document.hidden) return
    try {
      const Plotly = await this.read()
      markFresh(this.root)
      if (this.undrawn && !this.pressed) this.paint(Plotly)
      this.writeNote()
      if (!this.ended && this.listeners) this.timer = setTimeout(() => this.refresh(), EVERY_MS)
    } catch {
      markStale(this.root, this.data.words.stale, this.data.language)
      if (this.listeners) this.timer = setTimeout(() => this.refresh(), WAIT_AFTER_FAILURE_MS)
    }
  }

  // Fetches what came since the cursors, and Plotly's script the first time.
  async read() {
    dropIfLong(this.store)
    const url = this.data.url + cursorQuery(this.store)
    const [response, Plotly] = await Promise.all([fetch(url, { cache: "no-store" }), loadPlotly(this.data.plotly)])
    if (!response.ok) throw new Error(response.status)
    const { runs } = await response.json()
    const changes = Object.entries(runs).map(([run, update]) => applyUpdate(this.store, run, update))
    const ended = Object.values(runs).every((update) => !update.active)
    this.undrawn ||= changes.some(Boolean) || ended !== this.ended || this.palette.outdated
    this.ended = ended
    return Plotly
  }

  paint(Plotly) {
    this.undrawn = false
    this.palette.renew()
    for (const panel of this.panels) panel.curves = this.curvesOf(panel)
    const shared = this.panels.filter((panel) => !panel.across)
    this.reached = Math.max(1, ...shared.flatMap((panel) => panel.curves.map((curve) => last(curve.x))))
    for (const panel of this.panels) {
      // One point is no curve: until there are two its value stands in the line above the panels.
      const curved = panel.curves.some((curve) => curve.x.length > 1) || (this.ended && panel.curves.length > 0)
      if (panel.drawn || curved) this.paintPanel(panel, Plotly)
    }
  }

  curvesOf(panel) {
    const { key } = panel.across ?? this.axis
    const visible = panel.traces.filter((trace) => !this.hidden.has(trace.run))
    return visible.map((trace) => curveAlong(this.store, trace, key)).filter((curve) => curve.x.length > 0)
  }

  paintPanel(panel, Plotly) {
    const axis = panel.across ?? this.axis
    const colour = (name) => this.palette.colour(name)
    reveal(panel)
    this.crosshair.showValues(panel)
    const layout = plotlyLayout(panel, {
      axis,
      colour,
      reached: this.reached,
      named: !this.multiple && panel.curves.length > 1,
      touch: matchMedia("(pointer: coarse)").matches,
      height: plotHeight(panel),
      font: getComputedStyle(this.root).fontFamily,
    })
    const traces = panel.curves.map((curve) => plotlyTrace(panel, curve, axis.title, colour))
    const end = Math.max(...panel.curves.map((curve) => last(curve.x)))
    const lines = panel.baselines.map((baseline) => baselineTrace(baseline, end, colour))
    Plotly.react(panel.plot, [...traces, ...lines], layout, { displayModeBar: false, responsive: false })
    if (panel.drawn) return
    panel.drawn = true
    offerWholeCurve(panel)
    this.crosshair.follow(panel)
  }

  // The line above the panels: that there are no values yet, or the first ones, before two of them make a curve.
  writeNote() {
    const { words } = this.data
    const waiting = this.panels.filter((panel) => !panel.drawn).flatMap((panel) => panel.curves)
    const empty = waiting.length === 0 && !this.panels.some((panel) => panel.drawn)
    const first = waiting.map((curve) => `${curve.name} ${shown(curve.y[0])}`).join(" · ")
    const note = this.root.firstChild
    this.root.dataset.state = empty ? "empty" : "drawn"
    note.textContent = empty ? words.empty : first && !this.multiple ? words.first.replace("{values}", first) : ""
    note.hidden = !note.textContent
  }
}
