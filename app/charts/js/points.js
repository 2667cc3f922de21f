// The points of curves, and how far each run has been read: a cursor (attempt, step). Where a run went back to a
// checkpoint, later points are dropped. No DOM, no requests.

export const MOST_POINTS = 3000 // beyond it the whole curve is fetched again, reduced by the server

export function emptyStore() {
  // "run key" -> {x: steps, y: values}; run -> "attempt:step"; "run key" -> the points of a range looked into
  return { curves: new Map(), cursors: new Map(), ranges: new Map() }
}

// The points of a curve; in a range that was looked into, all of them in place of the fewer that it came with.
export function curveOf(store, run, key) {
  const name = `${run} ${key}`
  const curve = store.curves.get(name)
  const inRange = store.ranges.get(name)
  return curve && inRange?.x.length ? spliced(curve, inRange) : curve
}

function spliced(curve, part) {
  const [first, final] = [part.x[0], part.x[part.x.length - 1]]
  const before = curve.x.findIndex((step) => step >= first)
  const after = curve.x.findIndex((step) => step > final)
  const head = before < 0 ? curve.x.length : before
  const tail = after < 0 ? curve.x.length : after
  const join = (whole, middle) => [...whole.slice(0, head), ...middle, ...whole.slice(tail)]
  return { x: join(curve.x, part.x), y: join(curve.y, part.y) }
}

// Asks for every point between two steps, both included, as far as the server gives them at once.
export function rangeQuery([first, final]) {
  return `&range=${first}:${final}`
}

// Takes the server's answer to it, in place of any former one.
export function setRangePoints(store, runs) {
  store.ranges.clear()
  for (const [run, { points }] of Object.entries(runs)) {
    for (const [key, part] of Object.entries(points)) store.ranges.set(`${run} ${key}`, part)
  }
}

// Asks for the whole curves of some metrics alone.
export function keysQuery(keys) {
  return keys.map((key) => `&key=${encodeURIComponent(key)}`).join("")
}

// What a request says about the points that are here already.
export function cursorQuery(store) {
  return [...store.cursors].map(([run, cursor]) => `&after=${run}:${cursor}`).join("")
}

export function dropIfLong(store) {
  if (![...store.curves.values()].some((curve) => curve.x.length > MOST_POINTS)) return
  store.cursors.clear()
  store.curves.clear()
}

// Takes the server's answer for one run; true if a curve changed.
export function applyUpdate(store, run, update) {
  store.cursors.set(run, `${update.attempt}:${update.step}`)
  const rewound = update.rewound_to !== null
  if (rewound) forget(store, run, update.rewound_to)
  return appendAll(store, run, update.points) || rewound
}

// True if a curve of the run has changed.
export function appendAll(store, run, pointsByKey) {
  return Object.entries(pointsByKey)
    .map(([key, points]) => append(store, run, key, points))
    .some(Boolean)
}

// The cursor's own step comes again, since an evaluation may be logged after the loss of the same step.
export function append(store, run, key, points) {
  const name = `${run} ${key}`
  const curve = store.curves.get(name) ?? { x: [], y: [] }
  store.curves.set(name, curve)
  const before = curve.x.length
  points.x.forEach((step, index) => {
    if (curve.x.length && step <= curve.x[curve.x.length - 1]) return
    curve.x.push(step)
    curve.y.push(points.y[index])
  })
  return curve.x.length > before
}

export function forget(store, run, step) {
  store.ranges.clear()
  for (const [name, curve] of store.curves) {
    if (!name.startsWith(`${run} `)) continue
    curve.x.length = curve.y.length = curve.x.filter((x) => x <= step).length
  }
}

export function last(values) {
  return values[values.length - 1]
}
