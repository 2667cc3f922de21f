import { followPresses } from "../../app/charts/js/step_press.js"
import { equal, test } from "./harness.js"

const settle = () => new Promise((resolve) => setTimeout(resolve, 15))

function pressed(key, curves, across = null) {
  const steps = []
  const handlers = {}
  const plot = { on: (name, handler) => (handlers[name] = handler) }
  const panels = { feed: { store: { curves: new Map(curves) } }, axis: { key }, onStep: (step) => steps.push(step) }
  followPresses({ plot, across }, panels, 5)
  return { steps, handlers, panels }
}

test("a press tells the step of the point", async () => {
  const { steps, handlers } = pressed("", [])
  handlers.plotly_click({ points: [{ x: 40 }] })
  await settle()
  equal(steps, [40])
})

test("along tokens it tells the step at which the run had so many", async () => {
  const { steps, handlers } = pressed("num_tokens", [["a num_tokens", { x: [10, 20, 30], y: [100, 200, 300] }]])
  handlers.plotly_click({ points: [{ x: 190 }] })
  await settle()
  equal(steps, [20])
})

test("a double press, and one that nobody wants to know of, tell nothing", async () => {
  const { steps, handlers, panels } = pressed("", [])
  handlers.plotly_click({ points: [{ x: 40 }] })
  handlers.plotly_doubleclick()
  await settle()
  panels.onStep = null
  handlers.plotly_click({ points: [{ x: 40 }] })
  await settle()
  equal(steps, [])
  equal(Object.keys(pressed("", [], { key: "kl" }).handlers), [])
})
