import { AwaitedRuns } from "../../../app/runs/js/awaited_runs.js"
import { TellMe } from "../../../app/runs/js/tell_me.js"
import { equal, test } from "../harness.js"

const words = { off: "Tell me", on: "Told", blocked: "Blocked", unsupported: "Unsupported" }

function control(notices) {
  localStorage.clear()
  const root = document.createElement("div")
  document.body.replaceChildren(root)
  const drawn = new TellMe(root, { run: "a", words }, new AwaitedRuns(localStorage), notices)
  drawn.draw()
  const shown = () => [root.querySelector("button").textContent, root.querySelector("button").ariaPressed, drawn.note.textContent]
  return { drawn, shown }
}

test("permission is asked for at the press only, and a second press takes it back", async () => {
  let asked = 0
  const notices = { permission: "default", requestPermission: async () => ((asked += 1), "granted") }
  const { drawn, shown } = control(notices)
  equal([asked, ...shown()], [0, "Tell me", "false", ""])
  await drawn.press()
  equal([asked, new AwaitedRuns(localStorage).ids, ...shown()], [1, ["a"], "Told", "true", ""])
  await drawn.press()
  equal([asked, new AwaitedRuns(localStorage).ids, ...shown()], [1, [], "Tell me", "false", ""])
})

test("a browser that blocks notifications, or has none, says what to do", async () => {
  const blocked = control({ permission: "denied" })
  await blocked.drawn.press()
  equal(blocked.shown(), ["Tell me", "false", "Blocked"])
  const none = control(undefined)
  await none.drawn.press()
  equal([none.shown(), new AwaitedRuns(localStorage).ids], [["Tell me", "false", "Unsupported"], []])
})

test("who closes the question is not told, and may be asked again", async () => {
  const { drawn, shown } = control({ permission: "default", requestPermission: async () => "default" })
  await drawn.press()
  equal(shown(), ["Tell me", "false", ""])
})
