import { baselineTrace, plotlyLayout, plotlyTrace, plotlyTraces } from "../../app/charts/js/plotly_layout.js"
import { equal, test } from "./harness.js"

const colour = (name) => `colour of ${name}`
const curve = { run: "a", key: "loss", name: "Loss", colour: "dpo", dash: "dot", symbol: "circle", x: [1, 2], y: [0.5, "nan"] }
const looks = { axis: { key: "", title: "step" }, reached: 40, range: null, smoothing: 0, logarithmic: false, touch: false, height: 210, font: "Inter", colour }
const panel = { across: null, curves: [curve], baselines: [] }

test("what is no number is a gap", () => equal(plotlyTrace(panel, curve, looks.axis, colour).y, [0.5, null]))

test("a curve's name for Plotly is a class name", () => {
  equal(plotlyTrace(panel, { ...curve, key: "eval/reward" }, looks.axis, colour).uid, "a-eval_reward")
})

test("few evaluations are marked one by one", () => {
  const evaluations = { ...curve, marked: true }
  equal(plotlyTrace(panel, evaluations, looks.axis, colour).mode, "lines+markers")
  equal(plotlyTrace(panel, curve, looks.axis, colour).mode, "lines")
  const many = { ...evaluations, x: Array.from({ length: 60 }, (_, step) => step) }
  equal(plotlyTrace(panel, many, looks.axis, colour).mode, "lines")
})

test("zoom is kept until the axis changes", () => {
  const steps = plotlyLayout(panel, looks).uirevision
  equal(plotlyLayout(panel, { ...looks, reached: 80 }).uirevision, steps)
  equal(plotlyLayout(panel, { ...looks, axis: { key: "num_tokens", title: "tokens" } }).uirevision === steps, false)
})

test("panels span the same steps, except one with an axis of its own", () => {
  equal(plotlyLayout(panel, looks).xaxis.autorangeoptions, { include: [0, 40] })
  const across = { ...panel, across: { key: "eval/kl", title: "KL" } }
  equal(plotlyLayout(across, looks).xaxis.autorangeoptions, undefined)
  equal(plotlyLayout(across, looks).hovermode, "closest")
})

test("a finger scrolls the page", () => equal(plotlyLayout(panel, { ...looks, touch: true }).dragmode, false))

test("a baseline is a dashed line over the whole chart, with its words at the end", () => {
  const line = { value: 0.8, label: "people 0.80 [0.7, 0.9]" }
  const trace = baselineTrace(line, 40, colour)
  equal([trace.x, trace.y, trace.line.dash, trace.showlegend], [[0, 40], [0.8, 0.8], "dash", false])
  const [label] = plotlyLayout({ ...panel, baselines: [line] }, looks).annotations
  equal([label.text, label.y], [line.label, 0.8])
})

test("a range along the axis holds until another is set", () => {
  const zoomed = plotlyLayout(panel, { ...looks, range: [10, 20] }).xaxis
  equal([zoomed.range, zoomed.autorange], [[10, 20], false])
  equal(zoomed.uirevision === plotlyLayout(panel, looks).xaxis.uirevision, false)
})

test("an axis of what is never below zero does not go there", () => {
  equal(plotlyLayout(panel, looks).yaxis.rangemode, "nonnegative")
  const signed = { ...panel, curves: [{ ...curve, y: [-1, 2] }] }
  equal(plotlyLayout(signed, looks).yaxis.rangemode, undefined)
})

test("a logarithmic axis is for values above zero, its notes placed as it counts", () => {
  const baselines = [{ value: 0.1, label: "low" }]
  const layout = plotlyLayout({ ...panel, baselines }, { ...looks, logarithmic: true })
  equal([layout.yaxis.type, layout.annotations[0].y], ["log", -1])
  const zero = { ...panel, curves: [{ ...curve, y: [0, 2] }] }
  equal(plotlyLayout(zero, { ...looks, logarithmic: true }).yaxis.type, "linear")
})

test("what was measured stays behind its smoothed curve; evaluations are not smoothed", () => {
  const noisy = { ...curve, y: [0, 3] }
  const traces = plotlyTraces({ ...panel, curves: [noisy] }, { ...looks, smoothing: 0.5 })
  equal(traces.map(({ y }) => y), [[0, 3], [0, 2]])
  equal(traces[0].opacity < 0.5, true)
  const evaluations = { ...noisy, marked: true }
  equal(plotlyTraces({ ...panel, curves: [evaluations] }, { ...looks, smoothing: 0.5 }).length, 1)
})

test("the upper edge of a band fills the room down to the lower", () => {
  const edges = [{ ...curve, band: "lower" }, { ...curve, band: "upper" }]
  const [lower, upper] = plotlyTraces({ ...panel, curves: edges }, { ...looks, colour: () => "rgb(1, 2, 3)" })
  equal([lower.fill, upper.fill, upper.line.width], [undefined, "tonexty", 0])
  equal(upper.fillcolor.startsWith("rgba(1, 2, 3, 0."), true)
})

test("a fork's pale part lies below all curves, its mark above its own", () => {
  const fork = { ...curve, run: "fork", x: [1, 2, 3], y: [3, 2, 1], joint: 1 }
  const origins = { fork: [{ run: "a", until: 2, words: "fork of a at step 2" }] }
  const traces = plotlyTraces({ ...panel, curves: [curve, fork] }, { ...looks, origins })
  equal(traces.map(({ uid, x }) => [uid, x]), [
    ["fork-loss_lead", [1, 2]],
    ["a-loss", [1, 2]],
    ["fork-loss", [2, 3]],
    ["fork-loss_fork", [2]],
  ])
})
