// The answers of one step: sorted, searched, filtered by the histogram of their rewards.

import { promptBlock } from "../../bridge/js/asked.js"
import { element } from "../../bridge/js/elements.js"
import { fill } from "../../bridge/js/sentences.js"
import { shown } from "../../charts/js/numbers.js"
import { answerCard } from "./answer_card.js"
import { histogram } from "./histogram.js"

const SORTS = ["prompt", "best", "worst", "changed"]
const REST_MS = 250

export class AnswerList {
  // `tab` has the view, the words, the overview, the step that is shown, and `set` and `draw`.
  constructor(tab) {
    Object.assign(this, { tab, shownCount: 0, numbered: false })
    this.root = element("section")
    this.rewards = element("div")
    this.note = element("p", "al-soft al-note")
    this.note.setAttribute("role", "status")
    this.grid = element("div", "al-samples-grid")
    this.more = element("button", "al-button")
    this.more.addEventListener("click", () => this.#add())
    const head = element("div", "al-samples-head")
    head.append(this.rewards, this.#tools())
    this.root.append(head, this.note, this.grid, this.more)
  }

  // Reads the first page and shows it in place of what is there.
  async show() {
    const page = await this.#read(0)
    if (!page) return
    this.shownCount = 0
    this.grid.replaceChildren()
    this.#drawHistogram(page)
    this.#append(page)
  }

  async #add() {
    const page = await this.#read(this.shownCount)
    if (page) this.#append(page)
  }

  #read(offset) {
    const { view, reading, step } = this.tab
    const [first, last] = view.bins ?? [null, null]
    return reading.latest("list", { step, sort: view.sort, search: view.search, first, last, offset })
  }

  #drawHistogram(page) {
    const { view, words } = this.tab
    const focused = [...this.rewards.querySelectorAll("button")].indexOf(document.activeElement)
    if (!page.edges.length) return void this.rewards.replaceChildren()
    const onBins = (bins) => this.#set({ bins })
    this.rewards.replaceChildren(histogram(page, view.bins, words, onBins))
    if (focused >= 0) this.rewards.querySelectorAll("button")[focused]?.focus()
  }

  #append(page) {
    this.shownCount += page.answers.length
    this.numbered ||= page.answers.some(({ sample }) => sample > 0)
    this.grid.append(...page.answers.map((answer) => this.#row(answer)))
    this.#say(page)
    const left = page.total - this.shownCount
    this.more.hidden = left <= 0
    this.more.textContent = fill(this.tab.words.more, { count: left })
  }

  #say(page) {
    const { view, words } = this.tab
    const filtered = view.bins !== null || view.search !== ""
    const all = page.counts.reduce((sum, each) => sum + each, 0)
    const [low, high] = view.bins ? [page.edges[view.bins[0]], page.edges[view.bins[1] + 1]] : []
    const range = view.bins ? fill(words.between, { low: shown(low), high: shown(high) }) : ""
    const sentence = page.total ? fill(words.found, { count: page.total, all: Math.max(all, page.total) }) : words.none
    this.note.replaceChildren([sentence, range].filter(Boolean).join(" · "))
    this.note.hidden = !filtered
    if (!filtered) return
    const clear = element("button", "al-reset", words.clear)
    clear.addEventListener("click", () => this.#set({ bins: null, search: "" }))
    this.note.append(" ", clear)
  }

  #row(answer) {
    const { words, overview, view } = this.tab
    const row = element("div", "al-sample-row")
    const first = this.tab.step === overview.steps[0] ? null : overview.steps[0]
    const card = answerCard(answer, words, { range: overview.range, numbered: this.numbered, first })
    const across = element("button", "al-sample-across", words.across)
    across.addEventListener("click", () => this.tab.set({ prompt: answer.index, step: view.step }))
    const tokens = element("button", "al-sample-across", words.tokensOf)
    tokens.addEventListener("click", () => this.tab.openTokens(answer.index))
    const links = element("p", "al-sample-links")
    links.append(across, tokens)
    row.append(promptBlock(answer.prompt, words), card, links)
    return row
  }

  #tools() {
    const { view, words } = this.tab
    const tools = element("div", "al-samples-tools")
    const search = Object.assign(element("input", "al-search"), { type: "search", placeholder: words.search })
    search.setAttribute("aria-label", words.search)
    search.addEventListener("input", () => {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.#set({ search: search.value.trim() }), REST_MS)
    })
    this.search = search
    const label = element("label", "al-samples-sort", words.sort)
    const select = element("select", "al-select")
    select.append(...SORTS.map((sort) => Object.assign(element("option", "", words[`sort_${sort}`]), { value: sort })))
    select.value = view.sort
    select.addEventListener("change", () => this.#set({ sort: select.value }))
    label.append(select)
    tools.append(label, search)
    return tools
  }

  #set(changes) {
    Object.assign(this.tab.view, changes)
    if (changes.search === "") this.search.value = ""
    this.tab.draw()
  }
}
