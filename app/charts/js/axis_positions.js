// Positions along an axis: the nearest point, another metric in place of the steps, and the steps of a range.

import { joined } from "./branches.js"
import { curveOf, last } from "./points.js"

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

// The curve of a trace over its steps, or over the values that the metric of the axis had in the same run at these
// steps. That of a fork begins with those of its origins (`branches`).
export function curveAlong(store, trace, axis, origins = []) {
  const own = positioned(store, trace.run, trace.key, axis)
  const earlier = origins.map(({ run, until }) => ({ ...positioned(store, run, trace.key, axis), until }))
  const whole = earlier.length ? joined(earlier, own) : { x: own.x, y: own.y }
  return { ...trace, ...whole }
}

function positioned(store, run, key, axis) {
  const curve = curveOf(store, run, key)
  const base = axis.key ? curveOf(store, run, axis.key) : null
  if (!curve || (axis.key && !base)) return { steps: [], x: [], y: [] }
  if (axis.scattered) return measuredTogether(curve, base)
  return { steps: curve.x, x: base ? curve.x.map((step) => along(base, step)) : curve.x.slice(), y: curve.y }
}

// The points of the steps at which both were measured, in their order: a metric that falls and rises has no others.
// Of a curve that came reduced, the point beside the step stands for it.
function measuredTogether(curve, base) {
  const between = curve.x.length ? (last(curve.x) - curve.x[0]) / curve.x.length : 0
  const pairs = base.x.map((step, at) => [at, nearest(curve.x, step)])
  const kept = pairs.filter(([at, own]) => Math.abs(curve.x[own] - base.x[at]) <= between)
  return {
    steps: kept.map(([at]) => base.x[at]),
    x: kept.map(([at]) => base.y[at]),
    y: kept.map(([, own]) => curve.y[own]),
  }
}

// The first and the last step between two ends of an axis, over all runs; null where there is none.
export function stepsWithin(store, axisKey, [start, end]) {
  if (!axisKey) return [Math.max(0, Math.floor(start)), Math.ceil(end)]
  const bases = [...store.curves].filter(([name]) => name.endsWith(` ${axisKey}`)).map(([, curve]) => curve)
  const within = bases.flatMap(({ x, y }) => [x[nearest(y, start)], x[nearest(y, end)]]).filter(Number.isFinite)
  return within.length ? [Math.min(...within), Math.max(...within)] : null
}
