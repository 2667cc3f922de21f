// What Plotly is handed for a panel: its traces and its layout. No DOM: sizes, fonts and colours are arguments.

import { LEAD, branched, forkMark } from "./branches.js"
import { last } from "./points.js"
import { smoothed } from "./smoothing.js"
import { valueAxis } from "./value_axis.js"

const FEW_POINTS = 60
const BEHIND = 0.28 // opacity of what was measured, behind its smoothed curve
const SHADED = 0.16 // of a band
const FAINT = 0.4 // of a run behind the mean of its group

// All that is drawn in a panel: its curves, each with what was measured behind it where they are smoothed, and lines.
export function plotlyTraces(panel, looks) {
  const end = Math.max(...panel.curves.map((curve) => last(curve.x)))
  const lines = panel.baselines.map((baseline) => baselineTrace(baseline, end, looks.colour))
  const traces = panel.curves.flatMap((curve) => curveTraces(panel, curve, looks))
  // Leads lie below the others: the same points may be another run's own curve.
  return [...traces.filter(isLead), ...traces.filter((trace) => !isLead(trace)), ...lines]
}

function isLead({ meta }) {
  return meta === LEAD
}

function curveTraces(panel, curve, looks) {
  const measured = plotlyTrace(panel, curve, looks.axis, looks.colour)
  const { joint } = curve
  if (curve.band) return [bandEdge(joint ? branched(measured, joint)[1] : measured, curve, looks.colour)]
  if (curve.faint) return [{ ...measured, opacity: FAINT, line: { ...measured.line, width: 1 }, showlegend: false }]
  const traces = withMeasured(measured, looks.smoothing)
  if (!joint) return traces
  const words = last(looks.origins[curve.run]).words
  const drawn = traces[traces.length - 1]
  return [...traces.flatMap((trace) => branched(trace, joint)), forkMark(drawn, joint, words, looks.colour("ground"))]
}

// The trace, or its smoothed form with what was measured behind it.
function withMeasured(measured, smoothing) {
  if (!smoothing || measured.mode !== "lines") return [measured]
  const behind = { ...measured, uid: `${measured.uid}_measured`, opacity: BEHIND, hoverinfo: "skip", showlegend: false }
  return [behind, { ...measured, y: smoothed(measured.y, smoothing) }]
}

// An edge of a band; the upper one fills the room down to the lower one, which stands before it.
function bandEdge(trace, curve, colour) {
  const fill = curve.band === "upper" ? { fill: "tonexty", fillcolor: shade(colour(curve.colour)) } : {}
  return { ...trace, line: { ...trace.line, width: 0 }, ...fill }
}

function shade(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g) ?? []
  return `rgba(${red}, ${green}, ${blue}, ${SHADED})`
}

export function plotlyTrace(panel, curve, axis, colour) {
  const marked = (curve.marked || axis.scattered) && curve.x.length < FEW_POINTS
  const hover = `${curve.name}: %{y:.3g}<br>${axis.title} %{x:.3g}<extra></extra>`
  return {
    uid: `${curve.run}-${curve.key}`.replace(/[^\w-]/g, "_"), // Plotly looks a curve up as a class of this name
    type: "scatter",
    mode: marked ? "lines+markers" : "lines",
    name: curve.name,
    x: curve.x,
    y: curve.y.map((value) => (typeof value === "number" ? value : null)),
    line: { color: colour(curve.colour), width: marked ? 1.6 : 1.3, dash: curve.dash, simplify: true },
    marker: { symbol: curve.symbol, size: 6 },
    ...(panel.across ? { hovertemplate: hover } : { hoverinfo: "none" }),
    cliponaxis: false,
  }
}

// A line across the chart: a trace, so that the axis makes room for it.
export function baselineTrace(baseline, reached, colour) {
  return {
    type: "scatter",
    mode: "lines",
    x: [0, reached],
    y: [baseline.value, baseline.value],
    line: { color: colour("baseline"), width: 1.2, dash: "dash" },
    hoverinfo: "skip",
    showlegend: false,
  }
}

function baselineLabel(baseline, type, colour) {
  const y = type === "log" ? Math.log10(baseline.value) : baseline.value // how Plotly places notes on such an axis
  const place = { xref: "paper", x: 1, xanchor: "right", y, yanchor: "bottom", showarrow: false }
  return { ...place, text: baseline.label, font: { size: 11, color: colour("soft") } }
}

// `reached` is the end of the axis that all panels without one of their own share, so that one lies under the other and
// the crosshair goes straight down. `uirevision` is what keeps zoom and hidden entries through an update.
export function plotlyLayout(panel, { axis, reached, range, logarithmic, touch, height, font, colour }) {
  const lines = { gridcolor: colour("grid"), linecolor: colour("line"), zeroline: false }
  const scale = { ...lines, automargin: true, fixedrange: false }
  const span = range ? { range, autorange: false } : panel.across ? {} : { autorangeoptions: { include: [0, reached] } }
  const values = valueAxis(panel, range, logarithmic)
  const across = { uirevision: `${axis.key} ${range}`, showgrid: false, showline: true, ticks: "", nticks: 6 }
  // Where the range is shared, a drag chooses it alone: what lies in it is shown at full height.
  const up = { uirevision: `${axis.key} ${values.type} ${range}`, fixedrange: !panel.across }
  const below = { text: axis.title, standoff: 2, font: { size: 12, color: colour("faint") } }
  return {
    uirevision: `kept ${axis.key}`,
    height,
    margin: { l: 34, r: 10, t: 6, b: 34 },
    paper_bgcolor: "transparent",
    plot_bgcolor: "transparent",
    font: { family: font, size: 12, color: colour("soft") },
    // The range is ours to set, in all panels alike: Plotly is not to keep another that a pointer left there.
    xaxis: { ...scale, ...span, ...across, title: below },
    yaxis: { ...scale, ...up, ...values },
    hovermode: panel.across ? "closest" : "x",
    hoverlabel: { bgcolor: colour("ground"), bordercolor: colour("line"), font: { color: colour("text"), size: 12 } },
    dragmode: touch ? false : "zoom", // a finger that moves over a chart scrolls the page
    annotations: panel.baselines.map((baseline) => baselineLabel(baseline, values.type, colour)),
    showlegend: false,
  }
}
