// Panels of curves that grow in place: zoom, hidden legend entries and hover survive every update, because Plotly is
// handed the same chart with longer arrays (Plotly.react under a constant uirevision) instead of a new chart.
// Points come by a cursor (attempt, step) per run; where a run went back to a checkpoint, what lay past it is dropped.

const EVERY_MS = 1000
const WAIT_AFTER_FAILURE_MS = 3000
const RELEASES = ["pointerup", "pointercancel"]
const MOST_POINTS = 3000 // beyond it the whole curve is fetched again, reduced by the server

let plotlyScript = null

function plotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly)
  plotlyScript ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = url
    script.onload = () => resolve(window.Plotly)
    script.onerror = () => {
      plotlyScript = null
      reject(new Error("plotly"))
    }
    document.head.append(script)
  })
  return plotlyScript
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".al-panels")
  const content = JSON.stringify([data.sections, data.legend, data.url, data.language])
  root.mount?.stop()
  if (root.mount?.content !== content) root.mount = mount(root, data, content)
  root.mount.start(data)
  return () => root.mount.stop()
}

function mount(root, data, content) {
  const curves = new Map() // "run key" -> {x: steps, y}
  const cursors = new Map() // run -> "attempt:step"
  const hidden = (root.hiddenRuns ??= new Set()) // kept when runs are added or taken away
  const touch = matchMedia("(pointer: coarse)").matches
  const several = data.legend.length > 0
  let timer = null
  let running = null // an AbortController while mounted: it takes the listeners away again
  let theme = null
  let reached = 1
  let colours = {}
  let over = false
  let held = false // while the pointer is down nothing is redrawn: that would end a zoom half drawn
  let behind = false // what came is not drawn yet: points, another axis, another choice of runs
  let axis = data.axis
  let pointed = null // where the pointer is along the axis, and in which panel
  let hovered = null
  const panels = draw()
  const resized = new ResizeObserver(() => panels.forEach((panel) => panel.drawn && window.Plotly.Plots.resize(panel.plot)))

  return { content, start, stop }

  function start(fresh) {
    behind ||= fresh.axis.key !== axis.key
    axis = fresh.axis
    if (fresh.active) over = false // a run that was resumed goes on
    if (running) return
    running = new AbortController()
    const { signal } = running
    document.addEventListener("visibilitychange", wake, { signal })
    root.addEventListener("pointerdown", () => (held = true), { signal, capture: true })
    for (const end of RELEASES) window.addEventListener(end, release, { signal, capture: true })
    resized.observe(root)
    if (!over || behind) refresh()
  }

  function stop() {
    running?.abort()
    running = null
    clearTimeout(timer)
    resized.disconnect()
  }

  // Plotly's own handlers of the same event come first.
  function release() {
    held = false
    if (behind) setTimeout(() => running && !held && paint(window.Plotly))
  }

  function wake() {
    if (!document.hidden && running && !over) refresh()
  }

  function draw() {
    root.replaceChildren()
    root.dataset.state = "loading"
    root.append(element("p", "al-soft al-note", data.words.loading))
    if (several) root.append(legend())
    return data.sections.flatMap((section) => {
      const heading = root.appendChild(element("h3", "al-section", section.title))
      const grid = root.appendChild(element("div", "al-grid"))
      heading.hidden = grid.hidden = true
      return section.panels.map((panel) => drawPanel(panel, heading, grid))
    })
  }

  function drawPanel(panel, heading, grid) {
    const box = grid.appendChild(element("section", panel.wide ? "al-panel al-wide" : "al-panel"))
    box.hidden = true
    box.setAttribute("aria-label", panel.title)
    const head = box.appendChild(element("header"))
    head.append(element("h4", "", panel.title))
    const plot = element("div", "al-plot")
    const whole = head.appendChild(element("button", "al-whole", data.words.whole))
    whole.hidden = true
    whole.onclick = () => window.Plotly.relayout(plot, { "xaxis.autorange": true, "yaxis.autorange": true })
    const value = head.appendChild(element("span", "al-last"))
    const help = head.appendChild(element("span", "al-help", "?"))
    help.tabIndex = 0
    help.dataset.help = panel.help + "\n" + data.words.reset
    help.setAttribute("aria-label", panel.help)
    const hair = element("div", "al-hair")
    const readout = element("div", "al-readout")
    hair.hidden = readout.hidden = true
    box.append(plot, hair, readout)
    return { ...panel, box, plot, value, hair, readout, whole, shown: [heading, grid, box], last: [], drawn: false }
  }

  // One legend for all panels: what is switched off stays off through every update.
  function legend() {
    const row = element("div", "al-legend")
    row.setAttribute("role", "group")
    row.setAttribute("aria-label", data.words.legend)
    for (const entry of data.legend) {
      const key = row.appendChild(element("button", "al-key"))
      key.title = data.words.toggle
      key.setAttribute("aria-pressed", !hidden.has(entry.run))
      key.append(stroke(entry), element("span", "", entry.name))
      key.onclick = () => {
        if (!hidden.delete(entry.run)) hidden.add(entry.run)
        key.setAttribute("aria-pressed", !hidden.has(entry.run))
        behind = true
        refresh()
      }
    }
    return row
  }

  async function refresh() {
    clearTimeout(timer)
    if (!running || document.hidden) return
    try {
      const [answer, Plotly] = await Promise.all([fetch(address(), { cache: "no-store" }), plotly(data.plotly)])
      if (!answer.ok) throw new Error(answer.status)
      const { runs } = await answer.json()
      const changed = Object.entries(runs).map(([id, update]) => take(id, update)).some(Boolean)
      const ended = Object.values(runs).every((update) => !update.active)
      root.removeAttribute("data-behind")
      behind ||= changed || ended !== over || scheme() !== theme
      over = ended
      if (behind && !held) paint(Plotly)
      note()
      if (!over && running) timer = setTimeout(refresh, EVERY_MS)
    } catch (error) {
      if (!root.hasAttribute("data-behind")) {
        const time = new Intl.DateTimeFormat(data.language, { timeStyle: "short" }).format(new Date())
        root.setAttribute("data-behind", data.words.stale.replace("{time}", time))
      }
      if (running) timer = setTimeout(refresh, WAIT_AFTER_FAILURE_MS)
    }
  }

  function address() {
    const long = [...curves.values()].some((curve) => curve.x.length > MOST_POINTS)
    if (long) {
      cursors.clear()
      curves.clear()
    }
    return data.url + [...cursors].map(([run, cursor]) => `&after=${run}:${cursor}`).join("")
  }

  // The cursor's own step comes again, since an evaluation may be logged after the loss of the same step.
  function take(run, update) {
    cursors.set(run, `${update.attempt}:${update.step}`)
    let changed = false
    if (update.rewound_to !== null) changed = forget(run, update.rewound_to)
    for (const [key, points] of Object.entries(update.points)) {
      const name = `${run} ${key}`
      if (!curves.has(name)) curves.set(name, { x: [], y: [] })
      const curve = curves.get(name)
      points.x.forEach((step, index) => {
        if (curve.x.length && step <= curve.x[curve.x.length - 1]) return
        curve.x.push(step)
        curve.y.push(points.y[index])
        changed = true
      })
    }
    return changed
  }

  function forget(run, step) {
    for (const [name, curve] of curves) {
      if (!name.startsWith(run + " ")) continue
      curve.x.length = curve.y.length = curve.x.filter((x) => x <= step).length
    }
    return true
  }

  function paint(Plotly) {
    behind = false
    if (scheme() !== theme) [theme, colours] = [scheme(), {}]
    for (const panel of panels) panel.last = panel.traces.map((trace) => placed(panel, trace)).filter((trace) => trace.x.length)
    const ends = panels.filter((panel) => !panel.across).flatMap((panel) => panel.last.map((trace) => trace.x[trace.x.length - 1]))
    reached = Math.max(1, ...ends)
    for (const panel of panels) {
      // One point is no curve: until there are two its value stands in the line above the panels.
      const curved = panel.last.some((trace) => trace.x.length > 1) || (over && panel.last.length)
      if (!panel.drawn && !curved) continue
      panel.shown.forEach((node) => (node.hidden = false))
      say(panel, null)
      const looks = layout(panel, !several && panel.last.length > 1)
      Plotly.react(panel.plot, panel.last.map((trace) => line(panel, trace)), looks, { displayModeBar: false, responsive: false })
      if (!panel.drawn) follow(panel)
    }
  }

  // A curve along the axis: its steps, or what another metric of its run had come to at these steps.
  function placed(panel, trace) {
    const curve = hidden.has(trace.run) ? null : curves.get(`${trace.run} ${trace.key}`)
    const by = (panel.across ?? axis).key
    const base = by && curves.get(`${trace.run} ${by}`)
    if (!curve || (by && !base)) return { ...trace, x: [], y: [] }
    return { ...trace, x: by ? curve.x.map((step) => along(base, step)) : curve.x.slice(), y: curve.y }
  }

  function line(panel, trace) {
    const points = trace.x.length < 60 && trace.key.startsWith("eval/")
    const spot = `${trace.name}: %{y:.3g}<br>${(panel.across ?? axis).title} %{x:.3g}<extra></extra>`
    return {
      uid: `${trace.run}-${trace.key}`.replace(/[^\w-]/g, "_"), // Plotly looks a curve up as a class of this name
      type: "scatter",
      mode: points ? "lines+markers" : "lines",
      name: trace.name,
      x: trace.x,
      y: trace.y.map((value) => (typeof value === "number" ? value : null)),
      line: { color: colour(trace.colour), width: points ? 1.6 : 1.3, dash: trace.dash, simplify: true },
      marker: { symbol: trace.symbol, size: 6 },
      ...(panel.across ? { hovertemplate: spot } : { hoverinfo: "none" }),
      cliponaxis: false,
    }
  }

  function layout(panel, named) {
    const scale = { gridcolor: colour("grid"), linecolor: colour("line"), zeroline: false, automargin: true, fixedrange: false }
    const { key, title } = panel.across ?? axis
    // All panels span the same steps, so that one lies under the other and the crosshair goes straight down.
    const span = panel.across ? {} : { autorangeoptions: { include: [0, reached] } }
    const below = { text: title, standoff: 2, font: { size: 12, color: colour("faint") } }
    return {
      uirevision: `kept ${key}`,
      height: panel.plot.clientHeight || 210,
      margin: { l: 34, r: 10, t: named ? 22 : 6, b: 34 },
      paper_bgcolor: "transparent",
      plot_bgcolor: "transparent",
      font: { family: getComputedStyle(root).fontFamily, size: 12, color: colour("soft") },
      xaxis: { ...scale, ...span, title: below, showgrid: false, showline: true, ticks: "", nticks: 6 },
      yaxis: { ...scale, nticks: 5, tickformat: digits(panel.last) },
      hovermode: panel.across ? "closest" : "x",
      hoverlabel: { bgcolor: colour("ground"), bordercolor: colour("line"), font: { color: colour("text"), size: 12 } },
      dragmode: touch ? false : "zoom", // a finger that moves over a chart scrolls the page
      showlegend: named,
      legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", bgcolor: "transparent", font: { size: 12 }, itemwidth: 30 },
    }
  }

  // Plotly's own digits would come with prefixes. Six are enough, unless the marks differ in a later one.
  function digits(traces) {
    const values = traces.flatMap((trace) => trace.y).filter((value) => typeof value === "number")
    const low = values.reduce((one, other) => Math.min(one, other), Infinity)
    const high = values.reduce((one, other) => Math.max(one, other), -Infinity)
    return high - low < 1e-4 * Math.max(-low, high) ? ".9~g" : "~g"
  }

  // One crosshair for all panels: each shows its own value where the pointer is along the axis.
  function follow(panel) {
    panel.drawn = true
    panel.plot.on("plotly_relayout", () => {
      const { xaxis, yaxis } = panel.plot._fullLayout
      panel.whole.hidden = xaxis.autorange && yaxis.autorange
    })
    if (panel.across) return
    const others = () => panels.filter((other) => other.drawn && !other.across)
    panel.plot.on("plotly_hover", ({ xvals }) => {
      pointed = xvals[0]
      hovered = panel
      others().forEach((other) => point(other, pointed))
    })
    panel.plot.on("plotly_unhover", () => {
      pointed = hovered = null
      others().forEach((other) => {
        other.hair.hidden = other.readout.hidden = true
        say(other, null)
      })
    })
  }

  function point(panel, at) {
    const across = panel.plot._fullLayout.xaxis
    const left = across._offset + across.l2p(at)
    panel.hair.hidden = !(left >= across._offset && left <= across._offset + across._length)
    panel.hair.style.left = `${panel.plot.offsetLeft + left}px`
    panel.readout.classList.toggle("al-left", left > across._offset + across._length / 2)
    say(panel, at)
  }

  // The value beside the title: the last one, or the one at the crosshair; the order is that of the legend. Several
  // runs would not fit there: theirs stand in a box beside the pointer.
  function say(panel, position) {
    const at = position ?? pointed
    const where = panel === hovered ? axis.at.replace("{value}", shown(nearestIn(panel, at))) : panel.unit
    panel.readout.hidden = !several || panel !== hovered
    panel.value.replaceChildren()
    panel.readout.replaceChildren()
    for (const trace of panel.last) {
      const value = element("b", "", shown(trace.y[at === null ? trace.x.length - 1 : nearest(trace.x, at)]))
      if (several) panel.readout.append(stroke(trace), element("span", "", trace.name), value)
      else panel.value.append(value, " ")
      if (!several && panel.last.length > 1) value.style.color = colour(trace.colour)
    }
    panel.value.append(element("span", "al-soft", where))
  }

  function nearestIn(panel, at) {
    const [first] = panel.last
    return first ? first.x[nearest(first.x, at)] : at
  }

  function note() {
    const waiting = panels.filter((panel) => !panel.drawn).flatMap((panel) => panel.last)
    const any = waiting.length > 0 || panels.some((panel) => panel.drawn)
    const first = waiting.map((trace) => `${trace.name} ${shown(trace.y[0])}`).join(" · ")
    root.dataset.state = any ? "drawn" : "empty"
    root.firstChild.textContent = !any ? data.words.empty : first && !several ? data.words.first.replace("{values}", first) : ""
    root.firstChild.hidden = !root.firstChild.textContent
  }

  function scheme() {
    return getComputedStyle(root).colorScheme + getComputedStyle(root).color
  }

  // Plotly needs plain colours: the theme's variables are resolved by the browser on a probe.
  function colour(name) {
    if (!(name in colours)) {
      const probe = root.appendChild(element("i"))
      probe.style.color = `var(--al-${name})`
      colours[name] = getComputedStyle(probe).color
      probe.remove()
    }
    return colours[name]
  }
}

// What a metric that grows with the steps had come to at a step, on a straight line between its points, from 0 at 0.
function along(base, step) {
  const near = nearest(base.x, step)
  const at = base.x[near] <= step ? near : near - 1
  const [x0, y0] = at < 0 ? [0, 0] : [base.x[at], base.y[at]]
  if (at + 1 >= base.x.length || x0 === step) return y0
  return y0 + ((step - x0) / (base.x[at + 1] - x0)) * (base.y[at + 1] - y0)
}

// A piece of a run's line, as it is drawn in the panels. Colour and dash are words of the theme.
function stroke({ colour, dash }) {
  const style = `stroke:var(--al-${colour});stroke-dasharray:${{ dash: "6 3", dot: "2 3" }[dash] ?? "none"}`
  const holder = document.createElement("template")
  holder.innerHTML = `<svg class="al-stroke" viewBox="0 0 24 8" aria-hidden="true"><path d="M0 4H24" style="${style}"/></svg>`
  return holder.content.firstChild
}

function nearest(steps, wanted) {
  let low = 0
  let high = steps.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (steps[middle] < wanted) low = middle + 1
    else high = middle
  }
  return low > 0 && wanted - steps[low - 1] < steps[low] - wanted ? low - 1 : low
}

function shown(value) {
  if (typeof value !== "number") return value === "nan" ? "NaN" : value === "inf" ? "∞" : value === "-inf" ? "−∞" : "–"
  const size = Math.abs(value)
  const whole = size >= 1000 || Number.isInteger(value)
  const text = whole ? Math.round(value).toLocaleString("en") : size < 1e-3 ? value.toExponential(1) : value.toPrecision(3)
  return text.replace(/^-/, "−").replace("e-", "e−")
}

function element(tag, name = "", text = "") {
  const node = document.createElement(tag)
  if (tag === "button") node.type = "button"
  if (name) node.className = name
  node.textContent = text
  return node
}
