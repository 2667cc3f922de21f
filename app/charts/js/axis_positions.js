// Positions along an axis: the nearest point, another metric in place of the steps, and the steps of a range.

import { curveOf } from "./points.js"

// The index of the step that is nearest to `target`; of two as near, the later one.
export function nearest(steps, target) {
  let low = 0
  let high = steps.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (steps[middle] < target) low = middle + 1
    else high = middle
  }
  return low > 0 && target - steps[low - 1] < steps[low] - target ? low - 1 : low
}

// The value of a growing metric at a step, on a straight line between its points, from 0 at step 0.
export function along(base, step) {
  const near = nearest(base.x, step)
  const index = base.x[near] <= step ? near : near - 1
  const [x0, y0] = index < 0 ? [0, 0] : [base.x[index], base.y[index]]
  if (index + 1 >= base.x.length || x0 === step) return y0
  return y0 + ((step - x0) / (base.x[index + 1] - x0)) * (base.y[index + 1] - y0)
}

// The curve of a trace over its steps, or over the values that the metric `axisKey` of the same run had at these steps.
export function curveAlong(store, trace, axisKey) {
  const curve = curveOf(store, trace.run, trace.key)
  const base = axisKey ? curveOf(store, trace.run, axisKey) : null
  if (!curve || (axisKey && !base)) return { ...trace, x: [], y: [] }
  return { ...trace, x: base ? curve.x.map((step) => along(base, step)) : curve.x.slice(), y: curve.y }
}

// The first and the last step between two ends of an axis, over all runs; null where there is none.
export function stepsWithin(store, axisKey, [start, end]) {
  if (!axisKey) return [Math.max(0, Math.floor(start)), Math.ceil(end)]
  const bases = [...store.curves].filter(([name]) => name.endsWith(` ${axisKey}`)).map(([, curve]) => curve)
  const within = bases.flatMap(({ x, y }) => [x[nearest(y, start)], x[nearest(y, end)]]).filter(Number.isFinite)
  return within.length ? [Math.min(...within), Math.max(...within)] : null
}
