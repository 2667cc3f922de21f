// The questions that lie before the person. A question is drawn once: what has been answered here, in another tab or
// before a reload never comes back, except when the person takes a vote back.

export const FETCHED = 20
const REFILLED_AT = 8
const MOST_ASKED = 50 // by the server's own limit

// A norming question comes twice: blind, and once more with what everybody said.
export function keyOf(question) {
  return `${question.id}:${question.turn ?? 0}${question.phase === "reveal" ? ":reveal" : ""}`
}

export class Queue {
  constructor() {
    this.questions = []
    this.answered = new Set()
    this.complete = false // the last answer of the server held fewer questions than asked for
  }

  get current() {
    return this.questions[0] ?? null
  }

  get wanting() {
    return !this.complete && this.questions.length <= REFILLED_AT
  }

  // How many to ask for: the server names again what it has given and what has not reached it yet.
  toAsk(unsent) {
    return Math.min(MOST_ASKED, this.questions.length + unsent + FETCHED)
  }

  // What the server asks now, in its order. The question that is drawn stays in front.
  replace(questions, asked) {
    const drawn = this.current
    const open = questions.filter((question) => !this.answered.has(keyOf(question)))
    const rest = open.filter((question) => !drawn || keyOf(question) !== keyOf(drawn))
    this.questions = drawn ? [drawn, ...rest] : rest
    this.complete = questions.length < asked
  }

  answer(key) {
    this.answered.add(key)
    this.questions = this.questions.filter((question) => keyOf(question) !== key)
  }

  // Others may have them now.
  forget() {
    this.questions = []
    this.complete = false
  }

  putFront(question) {
    const key = keyOf(question)
    this.answered.delete(key)
    this.questions = [question, ...this.questions.filter((other) => keyOf(other) !== key)]
  }
}
