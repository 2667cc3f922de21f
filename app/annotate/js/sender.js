// Sends what waits in the outbox, in order and in batches, until there is a receipt for each vote. One tab sends at a
// time; the server takes a vote that it has already for the same one. Left out: the request itself (`requests`).

import { Failure } from "./requests.js"

export const MOST_AT_ONCE = 50
const DELAYS_SECONDS = [1, 2, 4, 8, 15, 30]
const REPEATED_LATER = new Set([0, 408, 425, 429])
const UNREADABLE = new Set([400, 413, 422])

export class Sender {
  // `post(votes)` answers {receipts, progress} or throws a Failure; `changed(progress)` is told after every attempt.
  constructor(outbox, post, changed, schedule = (work, ms) => setTimeout(work, ms)) {
    Object.assign(this, { outbox, post, changed, schedule })
    this.sending = false
    this.failure = null
    this.failures = 0
    this.batch = MOST_AT_ONCE
    this.timer = null
  }

  // saved | pending | offline | signed_out | refused
  get state() {
    if (this.outbox.size === 0) return "saved"
    if (!this.failure) return "pending"
    if (this.failure.status === 401) return "signed_out"
    return retried(this.failure) ? "offline" : "refused"
  }

  async flush() {
    if (this.sending) return
    this.sending = true
    clearTimeout(this.timer)
    try {
      await exclusively(this.outbox.scope, () => this.sendAll())
    } finally {
      this.sending = false
    }
    if (this.outbox.size > 0 && !this.failure) await this.flush() // it came while the lock was given back
  }

  async sendAll() {
    for (;;) {
      const votes = this.outbox.waiting().slice(0, this.batch).map((entry) => entry.vote)
      if (votes.length === 0) break
      if (!(await this.sendBatch(votes))) return
    }
    this.failures = 0
  }

  async sendBatch(votes) {
    let answer
    try {
      answer = await this.post(votes)
    } catch (failure) {
      return this.takeFailure(votes, failure)
    }
    const settled = answer.receipts.filter((receipt) => this.takeReceipt(receipt))
    if (settled.length === 0) return this.takeFailure(votes, new Failure(0))
    Object.assign(this, { failure: null, failures: 0, batch: MOST_AT_ONCE })
    this.changed(answer.progress)
    return true
  }

  takeReceipt({ id, stored, error, standing }) {
    if (stored !== "refused") return this.outbox.settle(id)
    this.outbox.refuse(id, error, standing)
    return true
  }

  // A batch that the server cannot read is sent vote by vote, so that one bad vote does not hold up the others.
  takeFailure(votes, failure) {
    if (failure.status === undefined) throw failure
    if (UNREADABLE.has(failure.status)) {
      if (votes.length === 1) this.outbox.refuse(votes[0].id, failure.message)
      this.batch = 1
      return true
    }
    this.failure = failure
    const delay = DELAYS_SECONDS[Math.min(this.failures, DELAYS_SECONDS.length - 1)]
    this.failures += 1
    this.timer = this.schedule(() => this.flush(), delay * 1000)
    this.changed(null)
    return false
  }
}

function retried({ status }) {
  return status >= 500 || REPEATED_LATER.has(status)
}

// Browsers know such locks on secure addresses only; without one two tabs may send a vote twice, which does no harm.
function exclusively(name, work) {
  return globalThis.navigator?.locks ? navigator.locks.request(`${name}.sending`, work) : work()
}
