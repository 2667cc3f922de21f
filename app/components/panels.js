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
  const content = JSON.stringify([data.sections, data.url, data.language])
  root.mount?.stop()
  if (root.mount?.content !== content) root.mount = mount(root, data, content)
  root.mount.start()
  return () => root.mount.stop()
}

function mount(root, data, content) {
  const curves = new Map() // "run key" -> {x, y}
  const cursors = new Map() // run -> "attempt:step"
  let timer = null
  let running = false
  let theme = null
  let reached = 1
  let colours = {}
  let over = false
  let held = false // while the pointer is down nothing is redrawn: that would end a zoom half drawn
  let behind = false // points have come that are not drawn yet
  let pointed = null // the step under the pointer, and its panel
  let hovered = null
  const panels = draw()
  const resized = new ResizeObserver(() => panels.forEach((panel) => panel.drawn && window.Plotly.Plots.resize(panel.plot)))

  return { content, start, stop }

  function start() {
    if (running) return
    running = true
    document.addEventListener("visibilitychange", wake)
    root.addEventListener("pointerdown", hold, true)
    for (const end of RELEASES) window.addEventListener(end, release, true)
    resized.observe(root)
    if (!over) refresh()
  }

  function stop() {
    running = false
    clearTimeout(timer)
    resized.disconnect()
    document.removeEventListener("visibilitychange", wake)
    root.removeEventListener("pointerdown", hold, true)
    for (const end of RELEASES) window.removeEventListener(end, release, true)
  }

  function hold() {
    held = true
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
    return data.sections.flatMap((section) => {
      const heading = root.appendChild(element("h3", "al-section", section.title))
      const grid = root.appendChild(element("div", "al-grid"))
      heading.hidden = grid.hidden = true
      return section.panels.map((panel) => {
        const box = grid.appendChild(element("section", "al-panel"))
        box.hidden = true
        box.setAttribute("aria-label", panel.title)
        const head = box.appendChild(element("header"))
        head.append(element("h4", "", panel.title))
        const value = head.appendChild(element("span", "al-last"))
        const help = head.appendChild(element("span", "al-help", "?"))
        help.tabIndex = 0
        help.dataset.help = panel.help + "\n" + data.words.reset
        help.setAttribute("aria-label", panel.help)
        const plot = box.appendChild(element("div", "al-plot"))
        const hair = box.appendChild(element("div", "al-hair"))
        hair.hidden = true
        return { ...panel, box, plot, value, hair, shown: [heading, grid, box], drawn: false }
      })
    })
  }

  async function refresh() {
    clearTimeout(timer)
    if (!running || document.hidden) return
    try {
      const [answer, Plotly] = await Promise.all([fetch(address(), { cache: "no-store" }), plotly(data.plotly)])
      if (!answer.ok) throw new Error(answer.status)
      const { runs } = await answer.json()
      const changed = Object.entries(runs).map(([id, update]) => take(id, update)).some(Boolean)
      root.removeAttribute("data-behind")
      behind ||= changed || scheme() !== theme
      if (behind && !held) paint(Plotly)
      note()
      over = Object.values(runs).every((update) => !update.active)
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
      const kept = curve.x.filter((x) => x <= step).length
      curve.x.length = curve.y.length = kept
    }
    return true
  }

  function paint(Plotly) {
    behind = false
    if (scheme() !== theme) {
      theme = scheme()
      colours = {}
    }
    reached = Math.max(1, ...[...curves.values()].map((curve) => curve.x[curve.x.length - 1] ?? 0))
    for (const panel of panels) {
      const traces = panel.traces.map((trace) => ({ ...trace, curve: curves.get(`${trace.run} ${trace.key}`) }))
      const present = traces.filter((trace) => trace.curve?.x.length)
      if (!present.length) continue
      panel.shown.forEach((node) => (node.hidden = false))
      panel.last = present
      say(panel, null)
      Plotly.react(panel.plot, present.map(line), layout(present.length > 1), { displayModeBar: false, responsive: false })
      if (!panel.drawn) follow(Plotly, panel)
    }
  }

  function line(trace) {
    const points = trace.curve.x.length < 60 && trace.key.startsWith("eval/")
    return {
      uid: `${trace.run} ${trace.key}`,
      type: "scatter",
      mode: points ? "lines+markers" : "lines",
      name: trace.name,
      x: trace.curve.x.slice(),
      y: trace.curve.y.map((value) => (typeof value === "number" ? value : null)),
      line: { color: colour(trace.colour), width: points ? 1.6 : 1.3, dash: trace.dash, simplify: true },
      marker: { symbol: trace.symbol, size: 6 },
      hoverinfo: "none",
      cliponaxis: false,
    }
  }

  function layout(several) {
    const axis = { gridcolor: colour("grid"), linecolor: colour("line"), zeroline: false, automargin: true, fixedrange: false }
    return {
      uirevision: "kept",
      height: root.querySelector(".al-plot").clientHeight || 210,
      margin: { l: 34, r: 10, t: several ? 22 : 6, b: 22 },
      paper_bgcolor: "transparent",
      plot_bgcolor: "transparent",
      font: { family: getComputedStyle(root).fontFamily, size: 12, color: colour("soft") },
      // All panels span the same steps, so that one lies under the other and the crosshair goes straight down.
      xaxis: { ...axis, showgrid: false, showline: true, ticks: "", nticks: 6, autorangeoptions: { include: [0, reached] } },
      yaxis: { ...axis, nticks: 5, tickformat: "~g" },
      hovermode: "x",
      dragmode: "zoom",
      showlegend: several,
      legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", bgcolor: "transparent", font: { size: 12 }, itemwidth: 30 },
    }
  }

  // One crosshair for all panels: each shows its own value at the step under the pointer.
  function follow(Plotly, panel) {
    panel.drawn = true
    panel.plot.on("plotly_hover", ({ xvals }) => {
      pointed = xvals[0]
      hovered = panel
      panels.forEach((other) => other.drawn && point(other, pointed))
    })
    panel.plot.on("plotly_unhover", () => {
      pointed = hovered = null
      panels.forEach((other) => {
        other.hair.hidden = true
        if (other.last) say(other, null)
      })
    })
  }

  function point(panel, step) {
    const axis = panel.plot._fullLayout.xaxis
    const left = axis._offset + axis.l2p(step)
    panel.hair.hidden = !(left >= axis._offset && left <= axis._offset + axis._length)
    panel.hair.style.left = `${panel.plot.offsetLeft + left}px`
    say(panel, step)
  }

  // The value beside the title: the last one, or the one at the crosshair; the order is that of the legend.
  function say(panel, step) {
    const at = step ?? pointed
    panel.value.replaceChildren()
    for (const { curve, colour: ink } of panel.last) {
      const value = element("b", "", shown(curve.y[at === null ? curve.x.length - 1 : nearest(curve.x, at)]))
      if (panel.last.length > 1) value.style.color = colour(ink)
      panel.value.append(value, " ")
    }
    const steps = panel.last[0].curve.x
    const where = panel === hovered ? data.words.step.replace("{step}", steps[nearest(steps, at)]) : panel.unit
    panel.value.append(element("span", "al-soft", where))
  }

  function note() {
    const any = panels.some((panel) => panel.last)
    root.dataset.state = any ? "drawn" : "empty"
    root.firstChild.textContent = any ? "" : data.words.empty
    root.firstChild.hidden = any
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
  const text =
    size >= 1000 || Number.isInteger(value)
      ? Math.round(value).toLocaleString("en")
      : size < 1e-3
        ? value.toExponential(1)
        : value.toPrecision(3)
  return text.replace(/^-/, "−").replace("e-", "e−")
}

function element(tag, name = "", text = "") {
  const node = document.createElement(tag)
  if (name) node.className = name
  node.textContent = text
  return node
}
