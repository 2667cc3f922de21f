// One prompt across the evaluations: the answers of every step side by side, each with what differs.

import { promptBlock } from "../../bridge/js/asked.js"
import { element } from "../../bridge/js/elements.js"
import { fill } from "../../bridge/js/sentences.js"
import { answerCard } from "./answer_card.js"

const AGAINST = ["before", "first"]

export class FilmStrip {
  constructor(tab) {
    Object.assign(this, { tab, drawn: "", columns: new Map() })
    const { words } = tab
    this.root = element("section")
    const bar = element("div", "al-strip-bar")
    this.back = this.#button("al-button", words.allAnswers, () => tab.set({ prompt: null }))
    this.previous = this.#button("al-act", "‹", () => this.#turn(-1), words.previousPrompt)
    this.following = this.#button("al-act", "›", () => this.#turn(1), words.nextPrompt)
    this.place = element("span", "al-soft")
    bar.append(this.back, this.previous, this.place, this.following, this.#choice())
    this.prompt = element("div", "al-strip-prompt")
    this.note = element("p", "al-soft al-note")
    this.row = element("div", "al-strip")
    this.row.tabIndex = 0
    this.row.setAttribute("role", "group")
    this.row.setAttribute("aria-label", words.strip)
    this.root.append(bar, this.prompt, this.note, this.row)
  }

  async show() {
    const { view, reading, overview, step } = this.tab
    const wanted = JSON.stringify([view.prompt, view.against, overview.steps])
    if (wanted !== this.drawn || !this.columns.has(step)) {
      const { prompt, against } = view
      const strip = await reading.latest("prompt", { prompt, against, step })
      if (!strip) return
      this.#draw(strip)
      this.drawn = wanted
    }
    this.#mark(step)
  }

  #draw(strip) {
    const { words, overview } = this.tab
    const { index, prompt, columns, steps } = strip
    this.prompt.replaceChildren(promptBlock(prompt, words))
    this.place.textContent = fill(words.promptOf, { number: index + 1, count: overview.prompts })
    this.previous.disabled = index <= 0
    this.following.disabled = index >= overview.prompts - 1
    this.note.textContent = columns.length ? fill(words.columns, { shown: columns.length, count: steps }) : words.none
    this.note.hidden = columns.length === steps && columns.length > 0
    this.columns = new Map(columns.map((column) => [column.step, this.#column(column)]))
    this.row.replaceChildren(...this.columns.values())
  }

  #column({ step, answers }) {
    const { words, overview } = this.tab
    const column = element("div", "al-strip-column")
    const head = this.#button("al-strip-step", fill(words.atStep, { step }), () => this.tab.set({ step }))
    const options = { range: overview.range, numbered: answers.length > 1 }
    column.append(head, ...answers.map((answer) => answerCard(answer, words, options)))
    return column
  }

  // Marks the column of the step, and brings it into sight within the row.
  #mark(step) {
    for (const [at, column] of this.columns) column.classList.toggle("al-strip-here", at === step)
    for (const [at, column] of this.columns) column.firstChild.setAttribute("aria-current", at === step)
    const column = this.columns.get(step)
    if (!column) return
    const middle = column.offsetLeft - this.row.offsetLeft - (this.row.clientWidth - column.clientWidth) / 2
    this.row.scrollLeft = middle
  }

  #turn(way) {
    this.tab.set({ prompt: this.tab.view.prompt + way })
  }

  #choice() {
    const { view, words } = this.tab
    const label = element("label", "al-samples-sort", words.against)
    const select = element("select", "al-select")
    select.append(...AGAINST.map((name) => Object.assign(element("option", "", words[name]), { value: name })))
    select.value = view.against
    select.addEventListener("change", () => this.tab.set({ against: select.value }))
    label.append(select)
    return label
  }

  #button(name, text, onPress, title = "") {
    const button = element("button", name, text)
    if (title) button.title = title
    if (title) button.setAttribute("aria-label", title)
    button.addEventListener("click", onPress)
    return button
  }
}
