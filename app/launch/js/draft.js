// Keeps the form of Launch in the browser, and hands a new session what an earlier one left there: after a reload,
// after the session has expired, or in another tab. A tab's own draft goes before that of the browser. Until the form
// holds what was kept, the style sheet hides it: its defaults would be seen for a moment.

import { browserStorage } from "../../bridge/js/browser_storage.js"

const WAIT_MS = 10_000 // for the page to say that it got the draft; until then nothing is written over it

const sessions = new Map() // session -> when it was handed a draft

export default function keepDraft({ data, setTriggerValue }, { storages, now, root } = browserPage()) {
  const stored = sessions.has(data.session) ? null : readDraft(storages, data.name)
  if (stored !== null && stored !== data.text) {
    sessions.set(data.session, now)
    setTriggerValue("found", stored)
    return
  }
  if (!sessions.has(data.session)) sessions.set(data.session, -Infinity)
  const waited = data.answered ? Infinity : now - sessions.get(data.session)
  if (waited === Infinity) root.dataset.draft = "read"
  if (waited > WAIT_MS) writeDraft(storages, data.name, data.text)
}

function browserPage() {
  const storages = ["sessionStorage", "localStorage"].map(browserStorage).filter(Boolean)
  return { storages, now: Date.now(), root: document.documentElement }
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
