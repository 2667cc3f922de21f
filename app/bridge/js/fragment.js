// A fragment of a page that keeps itself up to date: it fetches its own markup from the server and changes only what
// differs, so that bars glide, numbers tick and a hovered row stays hovered. The markup is escaped where it is made.

import { fetchJson } from "./fetch_json.js"
import { morph } from "./morph.js"
import { WAIT_AFTER_FAILURE_MS, markFresh, markStale } from "./staleness.js"
import { declareTheme } from "./theme.js"
import { date } from "./times.js"

const REST_MS = 250

export default function mountFragment(component) {
  const fragment = new LiveFragment(component)
  fragment.root.mounted?.stop() // one for other data, whose answers would show in turn with those of this one
  fragment.root.mounted = fragment
  fragment.start()
  return () => fragment.stop()
}

class LiveFragment {
  constructor({ data, parentElement, setStateValue, setTriggerValue }) {
    this.data = data
    this.root = parentElement.querySelector(".al-fragment")
    this.ticked = this.root.ticked ??= new Set() // kept when rows come, go and move
    this.version = data.version
    this.setStateValue = setStateValue
    this.setTriggerValue = setTriggerValue
    this.timer = null
    this.listeners = new AbortController()
  }

  start() {
    this.show(this.data.html)
    this.schedule(this.data.every)
    this.root.onclick = (event) => this.press(event)
    this.root.onchange = (event) => this.tick(event)
    this.untickOnce()
    document.addEventListener("visibilitychange", () => this.wake(), { signal: this.listeners.signal })
  }

  // Each text of `cleared` takes the ticks away once, however often the fragment is mounted with it.
  untickOnce() {
    const before = (this.root.cleared ??= this.data.cleared)
    this.root.cleared = this.data.cleared
    if (before === this.data.cleared || !this.ticked.size) return
    this.ticked.clear()
    this.showTicks(this.root)
    this.setStateValue("picked", [])
  }

  stop() {
    this.listeners.abort()
    clearTimeout(this.timer)
  }

  get stopped() {
    return this.listeners.signal.aborted
  }

  schedule(seconds) {
    clearTimeout(this.timer)
    if (!this.stopped && seconds) this.timer = setTimeout(() => this.refresh(), seconds * 1000)
  }

  // A hidden tab asks for nothing; it asks at once when it is seen again.
  wake() {
    if (!document.hidden && this.data.every) this.refresh()
  }

  async refresh() {
    if (document.hidden || this.stopped) return
    try {
      const fresh = await fetchJson(this.data.url)
      if (this.stopped) return
      this.show(fresh.html)
      markFresh(this.root)
      if (fresh.version !== this.version) {
        this.version = fresh.version
        this.rerunWhenIdle(fresh.version)
      }
      this.schedule(fresh.every)
    } catch {
      markStale(this.root, this.data.stale, this.data.language)
      this.schedule(WAIT_AFTER_FAILURE_MS / 1000)
    }
  }

  // The page runs again once it was idle twice in a row: a rerun while it is drawn would lose what was just filled in.
  rerunWhenIdle(version, wasIdle = false) {
    if (this.stopped || version !== this.version) return
    const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState ?? "notRunning"
    const idle = state === "notRunning"
    if (wasIdle && idle) this.setTriggerValue("changed", version)
    else setTimeout(() => this.rerunWhenIdle(version, idle), REST_MS)
  }

  show(html) {
    declareTheme(this.root)
    const next = document.createElement("div")
    next.innerHTML = html
    next.querySelectorAll("time[data-at]").forEach((node) => this.writeTime(node))
    this.showTicks(next)
    morph(this.root, next)
  }

  showTicks(root) {
    const boxes = [...root.querySelectorAll("[data-pick]")]
    for (const box of boxes) box.checked = this.ticked.has(box.dataset.pick)
    const all = root.querySelector("[data-pick-all]")
    if (all) all.checked = boxes.length > 0 && boxes.every((box) => box.checked)
  }

  writeTime(node) {
    const moment = new Date(Number(node.dataset.at) * 1000)
    node.textContent = date(moment, node.dataset.form, this.data.language)
    node.title = moment.toLocaleString(this.data.language)
  }

  tick(event) {
    const { pick, pickAll } = event.target.dataset
    if (pick === undefined && pickAll === undefined) return
    const names = pick ? [pick] : [...this.root.querySelectorAll("[data-pick]")].map((box) => box.dataset.pick)
    for (const name of names) this.ticked[event.target.checked ? "add" : "delete"](name)
    this.showTicks(this.root)
    this.setStateValue("picked", [...this.ticked])
  }

  press(event) {
    const target = event.target.closest("[data-go], [data-do]")
    if (!target || target.ariaDisabled === "true") return
    if (target.dataset.do) {
      this.setTriggerValue("do", { do: target.dataset.do, id: target.dataset.id })
    } else if (!(event.metaKey || event.ctrlKey || event.shiftKey || event.button)) {
      event.preventDefault()
      const query = Object.fromEntries(new URL(target.href).searchParams)
      this.setTriggerValue("go", { page: target.dataset.go, ...query })
    }
  }
}
