import { markFresh, markStale } from "../../../app/bridge/js/staleness.js"
import { equal, test } from "../harness.js"

test("the time of the first failure stays until an answer comes", () => {
  const root = document.createElement("div")
  markStale(root, "since {time}", "en", new Date(2026, 4, 3, 7, 5))
  markStale(root, "since {time}", "en", new Date(2026, 4, 3, 8, 0))
  equal(root.dataset.behind, "since 07:05")
  markFresh(root)
  equal(root.dataset.behind, undefined)
})
