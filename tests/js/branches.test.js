import { branched, forkMark, joined } from "../../app/charts/js/branches.js"
import { equal, test } from "./harness.js"

const origin = { steps: [0, 5, 10, 15], x: [0, 50, 100, 150], y: [1, 2, 3, 4], until: 10 }
const trace = { uid: "a", x: [0, 1, 2, 3], y: [4, 3, 2, 1], line: { color: "blue", width: 1.3 } }

test("a fork that evaluates the step where it begins has that point once, as its own", () => {
  const own = { steps: [10, 15], x: [100, 150], y: [3, 9] }
  equal(joined([origin], own), { x: [0, 50, 100, 150], y: [1, 2, 3, 9], joint: 2 })
})

test("a fork without points of its own yet is all of its origin", () => {
  equal(joined([origin], { steps: [], x: [], y: [] }), { x: [0, 50, 100], y: [1, 2, 3], joint: 2 })
})

test("a metric that the origin lacks has no lead", () => {
  equal(joined([{ ...origin, steps: [], x: [], y: [] }], { steps: [11], x: [110], y: [7] }).joint, 0)
})

test("the pale part ends where the fork's own begins, at the mark", () => {
  const [lead, own] = branched(trace, 2)
  equal([lead.x, own.x], [[0, 1, 2], [2, 3]])
  equal([lead.uid === own.uid, lead.opacity < 1, lead.line.width < own.line.width], [false, true, true])
  const mark = forkMark(trace, 2, "fork of r1 at step 2", "white")
  equal([mark.x, mark.y, mark.hovertemplate], [[2], [2], "fork of r1 at step 2<extra></extra>"])
})
