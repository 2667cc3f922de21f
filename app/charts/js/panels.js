// Panels of curves that grow in place: zoom, hidden legend entries and hover survive every update, because Plotly is
// handed the same chart with longer arrays (Plotly.react under a constant uirevision) instead of a new chart.

import { WAIT_AFTER_FAILURE_MS, markFresh, markStale } from "../../bridge/js/staleness.js"
import { browserStorage } from "../../bridge/js/browser_storage.js"
import { fill } from "../../bridge/js/sentences.js"
import { curveAlong, stepsWithin } from "./axis_positions.js"
import { ChartView } from "./chart_view.js"
import { Crosshair, entryName } from "./crosshair.js"
import { downloads } from "./downloads.js"
import { drawMarks, positions } from "./event_marks.js"
import { element } from "../../bridge/js/elements.js"
import { plotlyLayout, plotlyTraces } from "./plotly_layout.js"
import { legend } from "./legend.js"
import { shown } from "./numbers.js"
import { Palette } from "./palette.js"
import { buildPanel, isSeen, plotHeight } from "./panel.js"
import { loadPlotly } from "./plotly.js"
import { keysQuery, last } from "./points.js"
import { PointsFeed } from "./points_feed.js"
import { Section } from "./section.js"
import { followPresses } from "./step_press.js"
import { toolbar } from "./toolbar.js"

const EVERY_MS = 1000
const AHEAD = 4 // panels that are read first: as many as a screen holds
const NEAR = "400px" // what is so close to the screen is drawn for the first time; on the screen it is kept current
const RELEASES = ["pointerup", "pointercancel"]

export default function mountPanels({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".al-panels")
  const content = JSON.stringify([data.sections, data.legend, data.url, data.language])
  root.mount?.stop()
  if (root.mount?.content !== content) root.mount = new LivePanels(root, data, content)
  root.mount.onStep = data.pressable ? (step) => setTriggerValue("step", step) : null
  root.mount.onHidden = data.hidden ? (hidden) => setStateValue("hidden", hidden) : null
  root.classList.toggle("al-pressable", Boolean(data.pressable))
  root.mount.start(data)
  return () => root.mount.stop()
}

class LivePanels {
  constructor(root, data, content) {
    Object.assign(this, { root, data, content, axis: data.axis })
    this.feed = new PointsFeed(data.url)
    this.view = new ChartView(data.page, browserStorage("localStorage"), browserStorage("sessionStorage"))
    if (data.hidden) this.view.set({ hidden: data.hidden }) // the page's address keeps them
    this.wanted = "" // what is looked for among the titles
    this.multiple = data.legend.length > 0
    this.palette = new Palette(root)
    this.crosshair = new Crosshair(this.multiple, data.words.switch)
    this.listeners = null // an AbortController while mounted: it takes the listeners away again
    this.timer = null
    this.reached = 1
    this.read = false // for the first time; then the range that was kept from before can be looked into
    this.pressed = false // while the pointer is down nothing is redrawn: that would end a zoom half drawn
    this.undrawn = false // something came that is not drawn yet: points, another axis, another choice of runs
    this.sections = this.build()
    this.panels = this.sections.flatMap((section) => section.panels)
    this.resizes = new ResizeObserver(() => this.resize())
    this.sights = [this.observer("near", NEAR), this.observer("sighted", "0px")]
    for (const sight of this.sights) for (const { box } of this.panels) sight.observe(box)
  }

  start(data) {
    if (data.axis.key !== this.axis.key) {
      this.undrawn = true
      this.view.set({ range: null }) // it was one along the other axis
    }
    this.axis = this.crosshair.axis = data.axis
    this.marks = data.marks
    if (data.active) this.feed.ended = false // a run that was resumed goes on
    if (this.listeners) return
    this.listeners = new AbortController()
    const { signal } = this.listeners
    document.addEventListener("visibilitychange", () => this.wake(), { signal })
    this.root.addEventListener("pointerdown", () => (this.pressed = true), { signal, capture: true })
    for (const end of RELEASES) window.addEventListener(end, () => this.release(), { signal, capture: true })
    this.resizes.observe(this.root)
    if (!this.feed.ended || this.undrawn) this.refresh()
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
    if (this.undrawn) setTimeout(() => this.redraw())
  }

  wake() {
    if (!document.hidden && this.listeners && !this.feed.ended) this.refresh()
  }

  resize() {
    const plots = window.Plotly?.Plots
    for (const panel of this.panels) {
      if (!panel.plotted || !panel.plot.offsetParent) continue
      plots.resize(panel.plot)
      this.paintMarks(panel)
    }
  }

  observer(state, rootMargin) {
    return new IntersectionObserver((entries) => this.see(entries, state), { rootMargin })
  }

  // Panels far from the screen are drawn when the reader comes near: 50 of them take seconds.
  see(entries, state) {
    for (const { target, isIntersecting } of entries) {
      this.panels.find(({ box }) => box === target)[state] = isIntersecting
    }
    const late = this.panels.filter((panel) => panel.outdated && isSeen(panel))
    if (this.pressed && late.length > 0) this.undrawn = true
    else late.forEach((panel) => this.paintPanel(panel, window.Plotly))
  }

  build() {
    const { root, data, view } = this
    root.dataset.state = "loading"
    root.replaceChildren(element("p", "al-soft al-note", data.words.loading))
    this.toolbar = toolbar(view, data.words, {
      onSearch: (wanted) => this.search(wanted),
      onChange: () => this.redraw(),
      onReset: () => this.zoom(null),
    })
    root.append(this.toolbar.row)
    if (this.multiple) root.append(legend(data.legend, data.words, view, () => this.rehide()))
    return data.sections.map(({ title, panels }) => {
      const section = new Section(title, view, data.words.charts)
      section.onFold = () => this.redraw()
      section.panels = panels.map((panel) => this.buildPanel(panel))
      section.grid.append(...section.panels.map(({ box }) => box))
      root.append(section.heading, section.grid)
      return section
    })
  }

  buildPanel(declared) {
    const { words, csv, tensorboard } = this.data
    const panel = buildPanel(declared, words)
    panel.resetAxes.onclick = () => resetAxes(panel)
    panel.values.onclick = ({ target }) => this.toggle(target.closest("button"))
    const addresses = { csv: csv + keysQuery(keysOf(panel)), tensorboard }
    panel.head.append(downloads(panel, addresses, words, (name) => this.palette.colour(name)))
    return panel
  }

  // A curve of one panel is hidden or shown again by its entry in the panel's legend.
  toggle(entry) {
    if (!entry) return
    this.view.toggle("hidden", entry.name)
    this.redraw()
  }

  // A run was hidden or shown again in the legend.
  rehide() {
    this.onHidden?.(this.view.hidden)
    this.redraw()
  }

  search(wanted) {
    this.wanted = wanted
    this.redraw()
  }

  // Draws at once what is here, also while the server is away; not while the pointer is down or before Plotly is here.
  redraw() {
    this.undrawn = true
    if (window.Plotly && this.listeners && !this.pressed) this.paint(window.Plotly)
  }

  async refresh() {
    clearTimeout(this.timer)
    if (!this.listeners || document.hidden) return
    let wait = EVERY_MS
    try {
      await this.readNews()
    } catch {
      markStale(this.root, this.data.words.stale, this.data.language)
      wait = WAIT_AFTER_FAILURE_MS
    }
    const goesOn = wait === WAIT_AFTER_FAILURE_MS || !this.feed.ended
    if (this.listeners && goesOn) this.timer = setTimeout(() => this.refresh(), wait)
  }

  async readNews() {
    if (!this.read) await this.readAhead()
    const [changed] = await Promise.all([this.feed.readNews(), loadPlotly(this.data.plotly)])
    markFresh(this.root)
    if (changed || this.undrawn || this.palette.outdated) this.redraw()
    this.writeNote()
    if (!this.read) this.readRange()
    this.read = true
  }

  // What is seen first, before all the rest.
  async readAhead() {
    const keys = this.panels.slice(0, AHEAD).flatMap((panel) => keysOf(panel))
    if (this.axis.key) keys.push(this.axis.key)
    await Promise.all([this.feed.readAhead([...new Set(keys)]), loadPlotly(this.data.plotly)])
    this.redraw()
  }

  paint(Plotly) {
    this.undrawn = false
    this.palette.renew()
    for (const panel of this.panels) {
      panel.legend = this.curvesOf(panel)
      panel.curves = panel.legend.filter((curve) => !this.view.hidden.includes(entryName(curve)))
      // One point is no curve: until there are two its value stands in the line above the panels.
      const curved = panel.legend.some((curve) => curve.x.length > 1) || (this.feed.ended && panel.legend.length > 0)
      panel.drawn ||= curved
    }
    const shared = this.panels.filter((panel) => !panel.across)
    this.reached = Math.max(1, ...shared.flatMap((panel) => panel.curves.map((curve) => last(curve.x))))
    for (const section of this.sections) {
      const panels = section.matching(this.wanted)
      section.show(panels, this.wanted !== "")
      for (const panel of panels) if (panel.scale) panel.scaled = curvesOnScale(panels, panel.scale)
      if (!section.grid.hidden) panels.forEach((panel) => this.paintPanel(panel, Plotly))
    }
    this.showTools()
    this.writeNote()
  }

  // What happened to the runs, in a panel that shares the axis. The first of them is where the keyboard reads it.
  paintMarks(panel) {
    const { words, legend: entries } = this.data
    const names = Object.fromEntries(entries.map(({ run, name }) => [run, name]))
    const visible = Object.entries(this.marks).filter(([run]) => !this.view.hidden.includes(run))
    const marks = this.view.events && !panel.across ? Object.fromEntries(visible) : {}
    const first = this.panels.find(({ across, box }) => !across && !box.hidden)
    drawMarks(panel, positions(this.feed.store, this.axis, marks, names), words.events, panel === first)
  }

  curvesOf(panel) {
    const axis = panel.across ?? this.axis
    const visible = panel.traces.filter((trace) => !this.view.hidden.includes(trace.run))
    const { origins } = this.data
    const curves = visible.map((trace) => curveAlong(this.feed.store, trace, axis, origins[trace.run]))
    return curves.filter((curve) => curve.x.length > 0)
  }

  paintPanel(panel, Plotly) {
    panel.outdated = !isSeen(panel)
    if (panel.outdated) return
    const looks = {
      axis: panel.across ?? this.axis,
      colour: (name) => this.palette.colour(name),
      origins: this.data.origins,
      reached: this.reached,
      range: panel.across ? null : this.view.range,
      smoothing: this.view.smoothing,
      logarithmic: this.view.logarithmic,
      touch: matchMedia("(pointer: coarse)").matches,
      height: plotHeight(panel),
      font: getComputedStyle(this.root).fontFamily,
    }
    const options = { displayModeBar: false, responsive: false, showTips: false }
    Plotly.react(panel.plot, plotlyTraces(panel, looks), plotlyLayout(panel, looks), options)
    if (!panel.plotted) this.listen(panel)
    this.crosshair.renew(panel)
    this.paintMarks(panel)
  }

  listen(panel) {
    panel.plotted = true
    panel.plot.on("plotly_relayout", (changes) => this.relayout(panel, changes))
    this.crosshair.follow(panel)
    followPresses(panel, this)
  }

  // What the reader did to one panel's axes. A range along the shared axis holds for all panels that share it.
  relayout(panel, changes) {
    const [start, end] = [changes["xaxis.range[0]"], changes["xaxis.range[1]"]]
    if (panel.across) panel.resetAxes.hidden = panel.plot._fullLayout.xaxis.autorange
    else if (start !== undefined) this.zoom([start, end])
    else if (changes["xaxis.autorange"]) this.zoom(null)
  }

  zoom(range) {
    this.view.set({ range })
    this.redraw()
    this.readRange()
  }

  async readRange() {
    const { range } = this.view
    const steps = range && stepsWithin(this.feed.store, this.axis.key, range)
    if (!steps) return
    try {
      await this.feed.readRange(steps, () => this.view.range === range)
      this.redraw()
    } catch {
      return // what is drawn stays true, if coarse; the next reading tells of a server that is away
    }
  }

  showTools() {
    this.toolbar.row.hidden = this.panels.filter((panel) => panel.drawn).length < 2
    this.toolbar.resetRange.hidden = this.view.range === null
    // Groups have no marks, and no panel has any along an axis of its own.
    const marked = Object.keys(this.marks).length > 0 && this.panels.some(({ across }) => !across)
    this.toolbar.events.hidden = !marked
  }

  // The line above the panels: that there are no values yet, or the first ones, before two of them make a curve; else
  // what a press on a curve does, which nothing but the pointer would say.
  writeNote() {
    const { words } = this.data
    const waiting = this.panels.filter((panel) => !panel.drawn).flatMap((panel) => panel.curves)
    const empty = waiting.length === 0 && !this.panels.some((panel) => panel.drawn)
    const note = this.root.firstChild
    this.root.dataset.state = empty ? "empty" : "drawn"
    note.textContent = empty ? words.empty : this.missing() || this.firstValues(waiting) || (words.press ?? "")
    note.hidden = !note.textContent
  }

  // That no chart has the title that is looked for; nothing where one has.
  missing() {
    const found = this.sections.some((section) => section.matching(this.wanted).length > 0)
    return this.wanted && !found ? fill(this.data.words.missing, { wanted: this.wanted }) : ""
  }

  firstValues(waiting) {
    const values = waiting.map((curve) => `${curve.name} ${shown(curve.y[0])}`).join(" · ")
    return values && !this.multiple ? fill(this.data.words.first, { values }) : ""
  }
}

// All curves that share an axis of values.
function curvesOnScale(panels, scale) {
  return panels.filter((panel) => panel.scale === scale).flatMap((panel) => panel.curves)
}

// The metrics of a panel, each once.
function keysOf(panel) {
  return [...new Set([panel.across?.key, ...panel.traces.map(({ key }) => key)].filter(Boolean))]
}

function resetAxes(panel) {
  window.Plotly.relayout(panel.plot, { "xaxis.autorange": true, "yaxis.autorange": true })
}
