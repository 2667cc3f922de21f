// The points of curves, and how far each run has been read: a cursor (attempt, step). Where a run went back to a
// checkpoint, later points are dropped. No DOM, no requests.

export const MOST_POINTS = 3000 // beyond it the whole curve is fetched again, reduced by the server

export function emptyStore() {
  return { curves: new Map(), cursors: new Map() } // "run key" -> {x: steps, y: values}; run -> "attempt:step"
}

export function curveOf(store, run, key) {
  return store.curves.get(`${run} ${key}`)
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
  const changes = Object.entries(update.points).map(([key, points]) => append(store, run, key, points))
  return rewound || changes.some(Boolean)
}

// The cursor's own step comes again, since an evaluation may be logged after the loss of the same step.
export function append(store, run, key, points) {
  const curve = curveOf(store, run, key) ?? { x: [], y: [] }
  store.curves.set(`${run} ${key}`, curve)
  const before = curve.x.length
  points.x.forEach((step, index) => {
    if (curve.x.length && step <= curve.x[curve.x.length - 1]) return
    curve.x.push(step)
    curve.y.push(points.y[index])
  })
  return curve.x.length > before
}

export function forget(store, run, step) {
  for (const [name, curve] of store.curves) {
    if (!name.startsWith(`${run} `)) continue
    curve.x.length = curve.y.length = curve.x.filter((x) => x <= step).length
  }
}
