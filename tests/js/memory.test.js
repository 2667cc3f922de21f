import { recall } from "../../app/bridge/js/memory.js"
import { equal, test } from "./harness.js"

function storage(entries = {}) {
  return {
    getItem: (name) => entries[name] ?? null,
    setItem: (name, value) => (entries[name] = value),
  }
}

test("a choice is remembered, and said where there is none", () => {
  const kept = storage()
  equal(recall("columns", null, kept), null)
  equal(recall("columns", "seed,beta", kept), null)
  equal(recall("columns", null, kept), "seed,beta")
  equal(recall("group", null, kept), null)
})

test("a browser without a storage remembers nothing", () => {
  equal(recall("columns", "seed", null), null)
  equal(recall("columns", null, null), null)
  const full = { getItem: () => null, setItem: () => { throw new Error("full") } }
  equal(recall("columns", "seed", full), null)
})
