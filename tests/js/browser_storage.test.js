import { browserStorage } from "../../app/bridge/js/browser_storage.js"
import { equal, test } from "./harness.js"

function refuse() {
  throw new Error("SecurityError")
}

test("a storage that the browser forbids is none", () => {
  const storage = { getItem: () => null }
  Object.defineProperty(globalThis, "givenStorage", { get: () => storage, configurable: true })
  Object.defineProperty(globalThis, "forbiddenStorage", { get: refuse, configurable: true })
  try {
    equal([browserStorage("givenStorage") === storage, browserStorage("forbiddenStorage")], [true, null])
  } finally {
    delete globalThis.givenStorage
    delete globalThis.forbiddenStorage
  }
})
