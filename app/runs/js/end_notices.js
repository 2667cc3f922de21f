// Browser notifications at the end of runs, from whatever page of ours is open: mounted on every page, it outlives the
// page, since a module is loaded once a tab.

import { browserStorage } from "../../bridge/js/browser_storage.js"
import { AwaitedRuns } from "./awaited_runs.js"
import { EndWatcher } from "./end_watcher.js"

const EVERY_MS = 5000 // hidden tabs are slowed down to once a minute by browsers

const awaited = new AwaitedRuns(browserStorage("localStorage"), navigator.locks ?? null)
const watcher = new EndWatcher(awaited, ask, tell)
let language = "en"
let timer = null

export default function watchEnds({ data }) {
  language = data.language
  timer ??= setInterval(look, EVERY_MS)
}

// What fails now may succeed at the next turn; who is signed out signs in first.
async function look() {
  await watcher.look().catch(() => null)
}

async function ask(ids) {
  const query = new URLSearchParams([...ids.map((id) => ["run", id]), ["language", language]])
  const response = await fetch(new URL(`alignlab/run-ends?${query}`, document.baseURI), { cache: "no-store" })
  if (!response.ok) throw new Error(response.status)
  return response.json()
}

function tell(id, { title, body }) {
  const notice = new Notification(title, { body, tag: `alignlab ${id}` })
  notice.addEventListener("click", () => {
    window.focus()
    location.assign(new URL(`run?id=${id}`, document.baseURI))
  })
}
