// The tab Samples of a run: its answers at a step, one prompt across the steps, pass rates, and groups of training.
// It reads page by page from our server, and sees new evaluations while the run is active.

import { WAIT_AFTER_FAILURE_MS, markFresh, markStale } from "../../bridge/js/staleness.js"
import { element } from "../../bridge/js/elements.js"
import { AnswerList } from "./answer_list.js"
import { FilmStrip } from "./film_strip.js"
import { PassRates } from "./pass_rates.js"
import { Reading } from "./reading.js"
import { SampleView } from "./sample_view.js"
import { Stepper } from "./stepper.js"
import { TrainingGroups } from "./training_groups.js"

const EVERY_MS = 3000
const ADDRESS_MS = 500 // a slider passes many steps on its way

export default function mountSamples(component) {
  const { data, parentElement } = component
  const root = parentElement.querySelector(".al-samples")
  root.tab?.stop()
  if (root.tab?.run !== data.run || root.tab.data.language !== data.language) root.tab = new SamplesTab(root, data)
  root.tab.start(component)
  return () => root.tab.stop()
}

class SamplesTab {
  constructor(root, data) {
    Object.assign(this, { root, data, run: data.run, words: data.words })
    this.overview = this.step = null
    this.active = false // while mounted
    this.view = new SampleView(data.view)
    this.reading = new Reading(data.url, data.query)
    this.stepper = new Stepper(this.words, (step) => this.set({ step }))
    this.parts = { list: new AnswerList(this), rates: new PassRates(this), groups: new TrainingGroups(this) }
    this.strip = new FilmStrip(this)
    this.bar = element("div", "al-samples-bar")
    this.body = element("div")
    this.note = element("p", "al-soft al-note", this.words.reading)
    this.bar.append(this.#choice(), this.stepper.row)
    root.replaceChildren(this.note, this.bar, this.body)
    this.bar.hidden = true
  }

  start({ data, setTriggerValue }) {
    this.data = data
    this.setTriggerValue = setTriggerValue
    this.active = true
    const moved = this.view.take(data.view)
    this.listeners = new AbortController()
    document.addEventListener("visibilitychange", () => this.refresh(), { signal: this.listeners.signal })
    if (moved && this.overview) this.draw()
    this.refresh()
  }

  stop() {
    this.active = false
    this.listeners?.abort()
    this.listeners = null
    clearTimeout(this.timer)
  }

  // What the reader has chosen: the address follows when the choice has rested.
  set(changes) {
    Object.assign(this.view, changes)
    this.draw()
    clearTimeout(this.addressTimer)
    this.addressTimer = setTimeout(() => this.#writeAddress(), ADDRESS_MS)
  }

  // Leads to the tokens of an answer of the step that is shown.
  openTokens(prompt) {
    this.setTriggerValue("tokens", { step: this.step, prompt })
  }

  #writeAddress() {
    const address = this.active && this.view.unwritten()
    if (address) this.setTriggerValue("moved", address)
  }

  async refresh() {
    clearTimeout(this.timer)
    if (!this.active || document.hidden) return
    let wait = EVERY_MS
    try {
      const before = JSON.stringify(this.overview)
      this.overview = await this.reading.list("overview")
      markFresh(this.root)
      if (JSON.stringify(this.overview) !== before) await this.draw()
    } catch {
      markStale(this.root, this.words.stale, this.data.language)
      wait = WAIT_AFTER_FAILURE_MS
    }
    const goesOn = !this.overview || this.overview.active || this.root.hasAttribute("data-behind")
    if (this.active && goesOn) this.timer = setTimeout(() => this.refresh(), wait)
  }

  async draw() {
    const { overview, view } = this
    if (!overview) return
    const steps = this.#steps()
    const empty = steps.length === 0
    this.bar.hidden = empty
    this.note.hidden = !empty
    this.note.textContent = empty ? this.words.empty : ""
    this.root.dataset.state = empty ? "empty" : "drawing"
    if (empty) return void this.body.replaceChildren()
    this.step = view.stepOf(steps)
    this.stepper.show(steps, this.step, this.#hasAnswers() ? this.words.stepOf : this.words.groupsOf)
    this.#press()
    await this.#drawPart()
  }

  #hasAnswers() {
    return this.overview.steps.length > 0
  }

  // A run from elsewhere may have groups of its training alone.
  #steps() {
    return this.#hasAnswers() ? this.overview.steps : this.overview.rollouts
  }

  #part() {
    if (!this.#hasAnswers()) return this.parts.groups
    return this.view.prompt === null ? this.parts[this.view.view] : this.strip
  }

  async #drawPart() {
    const part = this.#part()
    const slow = setTimeout(() => Object.assign(this.note, { hidden: false, textContent: this.words.reading }), 600)
    try {
      await part.show()
      if (part !== this.#part()) return // the reader went on meanwhile
      if (part.root !== this.body.firstChild) this.body.replaceChildren(part.root)
      if (part === this.strip) await part.show() // in the page its columns have places
      this.root.dataset.state = "drawn"
      markFresh(this.root)
    } catch {
      markStale(this.root, this.words.stale, this.data.language)
    } finally {
      clearTimeout(slow)
      this.note.hidden = true
    }
  }

  #choice() {
    const group = element("div", "al-samples-views")
    group.setAttribute("role", "group")
    group.setAttribute("aria-label", this.words.views)
    const names = Object.keys(this.parts).filter((name) => name !== "groups" || this.data.sampled)
    this.buttons = names.map((name) => {
      const button = element("button", "al-switch", this.words[`view_${name}`])
      button.dataset.view = name
      button.addEventListener("click", () => this.set({ view: name, prompt: null }))
      return button
    })
    group.append(...this.buttons)
    return group
  }

  #press() {
    for (const button of this.buttons) {
      button.setAttribute("aria-pressed", this.parts[button.dataset.view] === this.#part())
      button.hidden = !this.#hasAnswers() && button.dataset.view !== "groups"
    }
  }
}
