// Keeps the form of Launch in the browser, and hands a new session what an earlier one left there: after a reload,
// after the session has expired, or in another tab. A tab's own draft goes before that of the browser.

import { browserStorage } from "../../bridge/js/browser_storage.js"

const WAIT_MS = 10_000 // for the page to say that it got the draft; until then nothing is written over it
const NOTHING = "{}" // what is handed over where nothing was kept, so that the page need not wait for it

const sessions = new Map() // session -> when it was handed a draft

export default function keepDraft({ data, setTriggerValue }, storages = browserStorages(), now = Date.now()) {
  if (!sessions.has(data.session)) {
    const stored = readDraft(storages, data.name)
    const isNews = stored !== null && stored !== data.text
    sessions.set(data.session, isNews ? now : -Infinity)
    setTriggerValue("found", isNews ? stored : NOTHING)
    if (isNews) return
  }
  if (data.answered || now - sessions.get(data.session) > WAIT_MS) writeDraft(storages, data.name, data.text)
}

function browserStorages() {
  return ["sessionStorage", "localStorage"].map(browserStorage).filter(Boolean)
}

function readDraft(storages, name) {
  return storages.map((storage) => storage.getItem(name)).find(Boolean) ?? null
}

// An empty draft is none.
function writeDraft(storages, name, text) {
  for (const storage of storages) {
    try {
      if (text) storage.setItem(name, text)
      else storage.removeItem(name)
    } catch {
      continue // a full or forbidden storage: the form holds until the page is loaded anew
    }
  }
}
