// A press on a curve tells its step, where someone wants to know it: not one that ends a drag or begins a double press.

import { stepsWithin } from "./axis_positions.js"

const DOUBLE_MS = 320

// `panels` has the feed, the axis that the panels share, and `onStep`, null where nobody wants to know. A panel with an
// axis of its own tells nothing.
export function followPresses(panel, panels, wait = DOUBLE_MS) {
  if (panel.across) return
  let timer = null
  panel.plot.on("plotly_click", ({ points }) => {
    clearTimeout(timer)
    const steps = stepsWithin(panels.feed.store, panels.axis.key, [points[0].x, points[0].x])
    if (steps) timer = setTimeout(() => panels.onStep?.(steps[0]), wait)
  })
  panel.plot.on("plotly_doubleclick", () => clearTimeout(timer))
}
