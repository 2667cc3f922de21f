import keepDraft from "../../app/launch/js/draft.js"
import { equal, test } from "./harness.js"

const NAME = "alignlab.launch test"
let sessions = 0

class Storage {
  constructor(text) {
    this.values = new Map(text ? [[NAME, text]] : [])
  }
  getItem(name) {
    return this.values.get(name) ?? null
  }
  setItem(name, text) {
    this.values.set(name, text)
  }
  removeItem(name) {
    this.values.delete(name)
  }
  get text() {
    return this.getItem(NAME)
  }
}

// One session of the page over these storages: what it hands over, and how it is drawn again.
function opened(...storages) {
  const found = []
  const session = `session ${(sessions += 1)}`
  const setTriggerValue = (name, text) => found.push([name, text])
  const root = { dataset: {} }
  const draw = (text, answered = false, now = 0) =>
    keepDraft({ data: { name: NAME, session, text, answered }, setTriggerValue }, { storages, now, root })
  return { found, draw, root }
}

test("what is filled in is kept by the tab and by the browser, and an empty form is forgotten", () => {
  const [tab, browser] = [new Storage(), new Storage()]
  const page = opened(tab, browser)
  page.draw("")
  page.draw('{"seed": 7}')
  equal([tab.text, browser.text, page.found], ['{"seed": 7}', '{"seed": 7}', []])
  page.draw("")
  equal([tab.text, browser.text], [null, null])
})

test("a new session is handed the tab's own draft, else that of the browser, once", () => {
  const page = opened(new Storage("tab"), new Storage("browser"))
  page.draw("")
  page.draw("")
  equal(page.found, [["found", "tab"]])
  const other = opened(new Storage(), new Storage("browser"))
  other.draw("")
  equal(other.found, [["found", "browser"]])
})

test("nothing is written over a draft before the page has taken it up", () => {
  const tab = new Storage("draft")
  const page = opened(tab)
  page.draw("")
  page.draw("")
  equal(tab.text, "draft")
  page.draw("taken up", true)
  equal(tab.text, "taken up")
})

test("the form is shown at once where nothing was kept, else when it holds what was", () => {
  const empty = opened(new Storage())
  empty.draw("")
  equal(empty.root.dataset.draft, "read")
  const page = opened(new Storage("draft"))
  page.draw("")
  page.draw("")
  equal(page.root.dataset.draft, undefined)
  page.draw("draft", true)
  equal(page.root.dataset.draft, "read")
})

test("a page that never takes it up does not keep the form from being kept for ever", () => {
  const tab = new Storage("draft")
  const page = opened(tab)
  page.draw("")
  page.draw("later", false, 60_000)
  equal(tab.text, "later")
})

test("a draft that the form holds already is not handed over", () => {
  const page = opened(new Storage("same"))
  page.draw("same")
  equal(page.found, [])
})

test("a browser that forbids or fills its storages loses nothing of the form", () => {
  opened().draw("text")
  const full = new Storage()
  full.setItem = () => {
    throw new Error("full")
  }
  const tab = new Storage()
  opened(full, tab).draw("text")
  equal(tab.text, "text")
})
