import { Outbox, PageStorage } from "../../app/annotate/js/outbox.js"
import { equal, test } from "./harness.js"

const QUESTION = { id: "q", turn: 0, prompt: [], responses: [] }
const ids = (outbox) => outbox.waiting().map(({ vote }) => vote.id)

test("votes wait in the order in which they were given, also when the clock is set back", () => {
  const times = [1000, 1000, 5]
  const outbox = new Outbox(new PageStorage(), "a", () => times.shift())
  for (const id of ["one", "two", "three"]) outbox.add({ id }, QUESTION)
  equal(ids(outbox), ["one", "two", "three"])
})

test("two tabs write beside one another, and another round's votes are not ours", () => {
  const storage = new PageStorage()
  const [first, second, other] = [new Outbox(storage, "a"), new Outbox(storage, "a"), new Outbox(storage, "b")]
  first.add({ id: "one" }, QUESTION)
  second.add({ id: "two" }, QUESTION)
  other.add({ id: "three" }, QUESTION)
  equal(ids(first).toSorted(), ["one", "two"])
  equal(first.settle("two"), true)
  equal([ids(second), second.settle("two")], [["one"], false])
})

test("a refused vote stands beside the others with its sentence until it is dropped", () => {
  const outbox = new Outbox(new PageStorage(), "a")
  outbox.add({ id: "one" }, QUESTION)
  outbox.refuse("one", "No.", "other")
  equal(outbox.refused(), [{ vote: { id: "one" }, question: QUESTION, sentence: "No.", standing: "other" }])
  equal(outbox.size, 0)
  outbox.dismiss("one")
  equal(outbox.refused(), [])
})

test("a vote that waits is read from the storage once, however often it is asked for", () => {
  const storage = new PageStorage()
  new Outbox(storage, "a").add({ id: "one" }, QUESTION)
  let reads = 0
  storage.getItem = (key) => (reads += 1) && storage.get(key)
  const outbox = new Outbox(storage, "a")
  equal([ids(outbox), ids(outbox), reads], [["one"], ["one"], 1])
  storage.removeItem([...storage.keys()][0]) // as another tab does
  equal(ids(outbox), [])
})

test("where the browser's storage is full, votes wait in the page", () => {
  const storage = new PageStorage()
  storage.setItem = () => {
    throw new Error("QuotaExceededError")
  }
  const outbox = new Outbox(storage, "a")
  outbox.add({ id: "one" }, QUESTION)
  equal([ids(outbox), outbox.memory.size], [["one"], 1])
  outbox.settle("one")
  equal(outbox.size, 0)
})

test("what is damaged in the storage does no harm", () => {
  const storage = new PageStorage()
  storage.setItem("a.vote.1.x", "{")
  storage.setItem("a.vote.2.y", "null")
  equal(new Outbox(storage, "a").waiting(), [])
})

test("another tab's vote is known by the event of the storage", () => {
  const outbox = new Outbox(new PageStorage(), "a")
  const newValue = JSON.stringify({ vote: { id: "one" }, question: QUESTION })
  equal(outbox.addedBy({ key: "a.vote.1.one", newValue }).vote.id, "one")
  equal(outbox.addedBy({ key: "a.vote.1.one", newValue: null }), null)
  equal(outbox.addedBy({ key: "b.vote.1.one", newValue }), null)
  equal(outbox.addedBy({ key: null, newValue: null }), null)
})
