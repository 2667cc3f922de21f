import { keyOf, Queue } from "../../app/annotate/js/queue.js"
import { equal, test } from "./harness.js"

const question = (id, turn = 0, phase = "blind") => ({ id, turn, phase })
const ids = (queue) => queue.questions.map(({ id }) => id)

function queueOf(...names) {
  const queue = new Queue()
  queue.replace(names.map((name) => question(name)), names.length)
  return queue
}

test("a question that was answered never comes back, except by undo", () => {
  const queue = queueOf("a", "b", "c")
  queue.answer("a:0")
  queue.replace(["a", "b", "c", "d"].map((name) => question(name)), 4)
  equal(ids(queue), ["b", "c", "d"])
  queue.putFront(question("a"))
  queue.replace(["a", "b"].map((name) => question(name)), 4)
  equal([ids(queue), queue.complete], [["a", "b"], true])
})

test("the question that is drawn stays in front, whatever the server names first", () => {
  const queue = queueOf("a", "b")
  queue.replace([question("x"), question("b")], 2)
  equal(ids(queue), ["a", "x", "b"])
})

test("a repeat and a reveal are questions of their own", () => {
  const keys = [question("a"), question("a", 1), question("a", 0, "reveal")].map(keyOf)
  equal(new Set(keys).size, 3)
})

test("more is asked for in time, what is unsent counted in, and not when there is no more", () => {
  const queue = queueOf(..."abcdefghij")
  equal([queue.wanting, queue.toAsk(3)], [false, 33])
  queue.answer("a:0")
  queue.answer("b:0")
  equal(queue.wanting, true)
  queue.complete = true
  equal(queue.wanting, false)
  equal(queue.toAsk(1000), 50)
})
