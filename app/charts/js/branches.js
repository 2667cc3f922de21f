// The curve of a fork: it begins with those of the runs it came from, which are drawn pale up to the step where it
// branches off. No DOM.

export const LEAD = "lead" // what Plotly keeps with the pale part
const PALE = 0.45 // opacity
const THIN = 1
const MARK = { symbol: "diamond", size: 8 }

// `origins`: curves with their steps, oldest first, each `until` the step at which the next one left it. `joint` is the
// index of the point where the fork's own curve begins, 0 where nothing lies before it.
export function joined(origins, own) {
  const first = own.steps[0] ?? Infinity
  const [x, y] = [[], []]
  let from = -Infinity
  for (const origin of origins) {
    const isLead = (step) => step > from && step <= origin.until && step < first
    for (const [index, step] of origin.steps.entries()) {
      if (!isLead(step)) continue
      x.push(origin.x[index])
      y.push(origin.y[index])
    }
    from = origin.until
  }
  const joint = Math.max(0, first === from ? x.length : x.length - 1)
  return { x: [...x, ...own.x], y: [...y, ...own.y], joint }
}

// A trace of the whole curve as its two parts, the pale one first.
export function branched(trace, joint) {
  const lead = {
    uid: `${trace.uid}_lead`,
    meta: LEAD,
    opacity: PALE * (trace.opacity ?? 1),
    line: { ...trace.line, width: THIN },
    showlegend: false,
  }
  return [
    { ...trace, ...lead, x: trace.x.slice(0, joint + 1), y: trace.y.slice(0, joint + 1) },
    { ...trace, x: trace.x.slice(joint), y: trace.y.slice(joint) },
  ]
}

// What stands where the fork begins, and says so.
export function forkMark(trace, joint, words, ground) {
  return {
    uid: `${trace.uid}_fork`,
    type: "scatter",
    mode: "markers",
    x: [trace.x[joint]],
    y: [trace.y[joint]],
    marker: { ...MARK, color: ground, line: { color: trace.line.color, width: 1.6 } },
    hovertemplate: `${words}<extra></extra>`,
    showlegend: false,
    cliponaxis: false,
  }
}
