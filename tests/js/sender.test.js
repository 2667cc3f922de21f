import { Outbox, PageStorage } from "../../app/annotate/js/outbox.js"
import { Failure } from "../../app/annotate/js/requests.js"
import { MOST_AT_ONCE, Sender } from "../../app/annotate/js/sender.js"
import { equal, test } from "./harness.js"

const QUESTION = { id: "q", turn: 0, prompt: [], responses: [] }

// A sender whose server answers one after the other of `answers` (a function of the votes, or a failure).
function sender(answers, count = 1) {
  const outbox = new Outbox(new PageStorage(), "a")
  for (let index = 0; index < count; index += 1) outbox.add({ id: `v${index}` }, QUESTION)
  const batches = []
  const delays = []
  const post = async (votes) => {
    batches.push(votes.map(({ id }) => id))
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer instanceof Error) throw answer
    return answer(votes)
  }
  const schedule = (_work, ms) => delays.push(ms)
  return { outbox, batches, delays, sender: new Sender(outbox, post, () => {}, schedule) }
}

const all = (stored, error = null) => (votes) => ({ receipts: votes.map(({ id }) => ({ id, stored, error })), progress: {} })

const refusesFirst = (votes) => ({
  receipts: votes.map(({ id }) => (id === "v0" ? { id, stored: "refused", error: "No." } : { id, stored: "late" })),
  progress: {},
})

function readsOnlyOneAtOnce(votes) {
  if (votes.length > 1 || votes[0].id === "v1") throw new Failure(400, "Unreadable.")
  return all("stored")(votes)
}

test("votes go in batches, in order, and leave the outbox on their receipt", async () => {
  const { sender: own, outbox, batches } = sender([all("stored")], MOST_AT_ONCE + 2)
  await own.flush()
  equal(batches.map((batch) => batch.length), [MOST_AT_ONCE, 2])
  equal([batches[1], outbox.size, own.state], [["v50", "v51"], 0, "saved"])
})

test("without an answer they stay, and the waits grow", async () => {
  const { sender: own, outbox, delays } = sender([new Failure(0)])
  for (let attempt = 0; attempt < 8; attempt += 1) await own.flush()
  equal(delays, [1, 2, 4, 8, 15, 30, 30, 30].map((seconds) => seconds * 1000))
  equal([outbox.size, own.state], [1, "offline"])
})

test("after a failure the same vote goes again, and an old receipt is as good as a new one", async () => {
  const { sender: own, outbox, batches } = sender([new Failure(503), all("again")])
  await own.flush()
  await own.flush()
  equal([batches, outbox.size, own.state], [[["v0"], ["v0"]], 0, "saved"])
})

test("a vote that is refused is kept for the person, and holds up no other", async () => {
  const { sender: own, outbox } = sender([refusesFirst], 2)
  await own.flush()
  equal([outbox.refused().map(({ sentence }) => sentence), outbox.size, own.state], [["No."], 0, "saved"])
})

test("a batch that cannot be read goes vote by vote", async () => {
  const { sender: own, outbox, batches } = sender([readsOnlyOneAtOnce], 3)
  await own.flush()
  equal([batches.at(0).length, outbox.size], [3, 0])
  equal(outbox.refused().map(({ vote, sentence }) => [vote.id, sentence]), [["v1", "Unreadable."]])
})

test("an answer without receipts is no receipt", async () => {
  const { sender: own, outbox } = sender([() => ({ receipts: [], progress: {} })])
  await own.flush()
  equal([outbox.size, own.state], [1, "offline"])
})

test("a vote that comes just after the last receipt is sent too", async () => {
  const { sender: own, outbox, batches } = sender([all("stored")])
  const sendAll = own.sendAll.bind(own)
  own.sendAll = async () => {
    await sendAll()
    if (batches.length > 1) return
    outbox.add({ id: "late" }, QUESTION)
    own.flush()
  }
  await own.flush()
  equal([batches, outbox.size], [[["v0"], ["late"]], 0])
})

test("signed out and refused are told apart from no connection, and lose nothing", async () => {
  for (const [status, state] of [[401, "signed_out"], [403, "refused"], [410, "refused"], [500, "offline"]]) {
    const { sender: own, outbox } = sender([new Failure(status, "Why.")])
    await own.flush()
    equal([own.state, outbox.size], [state, 1])
  }
})

test("what comes while a batch is on its way follows it", async () => {
  const gate = {}
  const asked = new Promise((resolve) => (gate.ask = resolve))
  const answered = new Promise((resolve) => (gate.answer = resolve))
  const slow = async (votes) => {
    gate.ask()
    await answered
    return all("stored")(votes)
  }
  const { sender: own, outbox, batches } = sender([slow, all("stored")])
  const first = own.flush()
  await asked
  outbox.add({ id: "later" }, QUESTION)
  own.flush()
  gate.answer()
  await first
  equal([batches, outbox.size], [[["v0"], ["later"]], 0])
})
