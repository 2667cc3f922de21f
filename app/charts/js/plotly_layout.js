// What Plotly is handed for a panel: its traces and its layout. No DOM: sizes, fonts and colours are arguments.

import { digits } from "./axis_positions.js"

const FEW_POINTS = 60

export function plotlyTrace(panel, curve, axisTitle, colour) {
  const marked = curve.marked && curve.x.length < FEW_POINTS
  const hover = `${curve.name}: %{y:.3g}<br>${axisTitle} %{x:.3g}<extra></extra>`
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

function baselineLabel(baseline, colour) {
  const place = { xref: "paper", x: 1, xanchor: "right", y: baseline.value, yanchor: "bottom", showarrow: false }
  return { ...place, text: baseline.label, font: { size: 11, color: colour("soft") } }
}

// `reached` is the end of the axis that all panels without one of their own share, so that one lies under the other and
// the crosshair goes straight down. `uirevision` is what keeps zoom and hidden entries through an update.
export function plotlyLayout(panel, { axis, reached, named, touch, height, font, colour }) {
  const lines = { gridcolor: colour("grid"), linecolor: colour("line"), zeroline: false }
  const scale = { ...lines, automargin: true, fixedrange: false }
  const span = panel.across ? {} : { autorangeoptions: { include: [0, reached] } }
  const ground = { bgcolor: "transparent", font: { size: 12 } }
  const below = { text: axis.title, standoff: 2, font: { size: 12, color: colour("faint") } }
  return {
    uirevision: `kept ${axis.key}`,
    height,
    margin: { l: 34, r: 10, t: named ? 22 : 6, b: 34 },
    paper_bgcolor: "transparent",
    plot_bgcolor: "transparent",
    font: { family: font, size: 12, color: colour("soft") },
    xaxis: { ...scale, ...span, title: below, showgrid: false, showline: true, ticks: "", nticks: 6 },
    yaxis: { ...scale, nticks: 5, tickformat: digits(panel.curves) },
    hovermode: panel.across ? "closest" : "x",
    hoverlabel: { bgcolor: colour("ground"), bordercolor: colour("line"), font: { color: colour("text"), size: 12 } },
    dragmode: touch ? false : "zoom", // a finger that moves over a chart scrolls the page
    annotations: panel.baselines.map((baseline) => baselineLabel(baseline, colour)),
    showlegend: named,
    legend: { ...ground, orientation: "h", x: 0, y: 1, yanchor: "bottom", itemwidth: 30 },
  }
}
