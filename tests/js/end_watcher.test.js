import { AwaitedRuns } from "../../app/runs/js/awaited_runs.js"
import { EndWatcher } from "../../app/runs/js/end_watcher.js"
import { PageStorage } from "../../app/annotate/js/outbox.js"
import { equal, test } from "./harness.js"

const END = { title: "a has succeeded", body: "step 9" }

function watched(storage, ended, { missing = [], told = [], asked = [] } = {}) {
  const ask = async (ids) => {
    asked.push(ids)
    return { ended, missing }
  }
  return new EndWatcher(new AwaitedRuns(storage), ask, (id, end) => told.push([id, end.title]))
}

test("runs are awaited one by one, beside whatever else the browser keeps", () => {
  const storage = new PageStorage([["theme", "dark"]])
  const awaited = new AwaitedRuns(storage)
  awaited.add("a")
  awaited.add("b")
  awaited.remove("a")
  equal([awaited.ids, awaited.has("a"), awaited.has("b"), storage.get("theme")], [["b"], false, true, "dark"])
})

test("a browser that keeps nothing awaits nothing", async () => {
  const awaited = new AwaitedRuns(null)
  awaited.add("a")
  equal([awaited.ids, awaited.has("a"), await awaited.take("a")], [[], false, false])
})

test("nothing is asked while nothing is awaited", async () => {
  const asked = []
  await watched(new PageStorage(), {}, { asked }).look()
  equal(asked, [])
})

test("the end is told once, and what is still running stays awaited", async () => {
  const [storage, told] = [new PageStorage(), []]
  for (const id of ["a", "b"]) new AwaitedRuns(storage).add(id)
  const watcher = watched(storage, { a: END }, { told })
  await watcher.look()
  await watcher.look()
  equal([told, new AwaitedRuns(storage).ids], [[["a", END.title]], ["b"]])
})

test("of two tabs one tells", async () => {
  const [storage, told] = [new PageStorage(), []]
  new AwaitedRuns(storage).add("a")
  await Promise.all([watched(storage, { a: END }, { told }).look(), watched(storage, { a: END }, { told }).look()])
  equal(told.length, 1)
})

test("a run that was deleted is no longer awaited", async () => {
  const storage = new PageStorage()
  new AwaitedRuns(storage).add("gone")
  await watched(storage, {}, { missing: ["gone"] }).look()
  equal(new AwaitedRuns(storage).ids, [])
})

test("an answer that fails is asked for again", async () => {
  const storage = new PageStorage()
  new AwaitedRuns(storage).add("a")
  const told = []
  let failures = 1
  const ask = async () => {
    if (failures-- > 0) throw new Error("503")
    return { ended: { a: END }, missing: [] }
  }
  const watcher = new EndWatcher(new AwaitedRuns(storage), ask, (id) => told.push(id))
  await watcher.look().catch(() => null)
  await watcher.look()
  equal(told, ["a"])
})
