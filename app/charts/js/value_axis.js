// The axis of the values: linear or logarithmic, its ends and its marks, as Plotly is handed it. No DOM.

const TOO_CLOSE = 1e-4 // values that differ less than this, relative to their size, need more than six digits
const ROOM = 0.06 // above and below the curves, as a share of the height
const DECADES_ALONE = 1.6 // powers of ten from which on their own marks are enough
const DECADES_DIVIDED = 0.6 // from which on 1, 2 and 5 are; within less, a few round numbers
const MOST_MARKS = 4

// `range` is the part of the axis below that is shown, or null: what lies in it is shown at full height. Panels on one
// scale have the curves of all of them as `scaled`.
export function valueAxis(panel, range, logarithmic) {
  const lines = panel.baselines.map(({ value }) => value)
  const curves = panel.scaled ?? panel.curves
  const all = [...numbers(curves, null), ...lines]
  const shown = range ? [...numbers(curves, range), ...lines] : all
  const type = logarithmic && all.every((value) => value > 0) ? "log" : "linear"
  const marks = type === "log" ? logMarks(shown) : { nticks: 5, tickformat: tickFormat(curves) }
  // An axis that goes below zero says that a count or a share could.
  const bounds = all.every((value) => value >= 0) ? { rangemode: "nonnegative" } : {}
  const height = (range || panel.scaled) && shown.length > 0 ? { range: ends(shown, type), autorange: false } : {}
  return { type, ...marks, ...bounds, ...height }
}

// The numbers of the curves, of a range those at positions in it and where the lines enter and leave it.
function numbers(curves, range) {
  return curves.flatMap((curve) => (range ? numbersWithin(curve, range) : curve.y).filter(Number.isFinite))
}

function numbersWithin({ x, y }, [start, end]) {
  const inside = y.filter((_value, index) => x[index] >= start && x[index] <= end)
  return [...inside, crossing({ x, y }, start), crossing({ x, y }, end)]
}

// The value of the line at a position between two points; NaN where there is no line.
function crossing({ x, y }, position) {
  const next = x.findIndex((each) => each > position)
  if (next < 1) return NaN
  const share = (position - x[next - 1]) / (x[next] - x[next - 1])
  return y[next - 1] + share * (y[next] - y[next - 1])
}

// Where the axis begins and ends; a logarithmic one counts in powers of ten.
function ends(values, type) {
  const [low, high] = extremes(type === "log" ? values.map(Math.log10) : values)
  const room = ROOM * (high - low || Math.abs(high) || 1)
  return [low - room, high + room]
}

// The smallest and the largest; not by spreading them into arguments, of which there may not be as many.
function extremes(values) {
  return [Math.min, Math.max].map((pick) => values.reduce((kept, value) => pick(kept, value)))
}

// Plotly would write every digit between the powers of ten, one over the other.
function logMarks(values) {
  const tickformat = "~g"
  if (values.length === 0) return { tickformat }
  const [low, high] = extremes(values)
  const decades = Math.log10(high / low)
  if (decades >= DECADES_ALONE) return { dtick: 1, tickformat }
  if (decades >= DECADES_DIVIDED) return { dtick: "D2", tickformat }
  const step = roundStep((high - low) / MOST_MARKS || high)
  const first = Math.ceil(low / step)
  const count = Math.max(1, Math.floor(high / step) - first + 1)
  const tickvals = Array.from({ length: count }, (_, index) => (first + index) * step)
  return { tickmode: "array", tickvals, tickformat }
}

// The next larger of 1, 2, 5 and 10 times a power of ten.
function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least)
}

// Plotly's own digits would come with prefixes. Six are enough, unless the marks differ in a later one.
export function tickFormat(curves) {
  const values = numbers(curves, null)
  if (values.length === 0) return "~g"
  const [low, high] = extremes(values)
  return high - low < TOO_CLOSE * Math.max(-low, high) ? ".9~g" : "~g"
}
