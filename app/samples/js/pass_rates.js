// The share of each prompt's samples that reach a reward, evaluation by evaluation: a row a prompt, a cell a step.

import { questionOf } from "../../bridge/js/asked.js"
import { element } from "../../bridge/js/elements.js"
import { fill } from "../../bridge/js/sentences.js"
import { signed } from "./answer_card.js"

const REST_MS = 350

export class PassRates {
  constructor(tab) {
    this.tab = tab
    const { words } = tab
    this.root = element("section")
    const label = element("label", "al-samples-sort", words.passes)
    this.field = Object.assign(element("input", "al-search al-threshold"), { type: "number", step: "any" })
    this.field.addEventListener("input", () => this.#typed())
    label.append(this.field)
    this.note = element("p", "al-soft al-note")
    this.scroll = element("div", "al-scroll")
    this.scroll.tabIndex = 0
    this.more = element("button", "al-button")
    this.more.addEventListener("click", () => this.#add())
    const head = element("div", "al-samples-tools")
    head.append(label)
    this.root.append(head, this.note, this.scroll, this.more)
  }

  async show() {
    const { words } = this.tab
    const threshold = this.#threshold()
    if (threshold === null) return void this.scroll.replaceChildren(element("p", "al-soft", words.noRewards))
    if (document.activeElement !== this.field) this.field.value = Number(threshold.toPrecision(4))
    const rates = await this.tab.reading.latest("rates", { threshold, step: this.tab.step, offset: 0 })
    if (rates) this.#draw(rates)
  }

  // The reader's, else the suggested one; null where no answer has a reward.
  #threshold() {
    return this.tab.view.threshold ?? this.tab.overview.threshold?.value ?? null
  }

  #typed() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.tab.view.threshold = this.field.value === "" ? null : Number(this.field.value)
      this.tab.draw()
    }, REST_MS)
  }

  #draw(rates) {
    const { words, view, overview } = this.tab
    const { count } = overview.threshold
    const suggestion = count === null ? words.middle : fill(words.median, { count, step: overview.steps[0] })
    const own = view.threshold === null ? suggestion : ""
    const part = { shown: rates.steps.length, count: rates.evaluations }
    const thinned = part.shown < part.count ? fill(words.columns, part) : ""
    this.note.textContent = [words.ratesHelp, own, thinned].filter(Boolean).join(" ")
    const table = element("table", "al-rates")
    table.append(element("caption", "al-rates-caption", words.rates))
    this.body = element("tbody")
    table.append(this.#head(rates), this.body)
    this.body.append(this.#totals(rates))
    this.rows = 0
    this.#append(rates)
    this.scroll.replaceChildren(table)
  }

  async #add() {
    const threshold = this.#threshold()
    const rates = await this.tab.reading.latest("rates", { threshold, step: this.tab.step, offset: this.rows })
    if (rates) this.#append(rates)
  }

  #append(rates) {
    this.body.append(...rates.rows.map((row) => this.#row(row, rates.steps)))
    this.rows += rates.rows.length
    const left = rates.prompts - this.rows
    this.more.hidden = left <= 0
    this.more.textContent = fill(this.tab.words.morePrompts, { count: left })
  }

  #head({ steps }) {
    const { words, step } = this.tab
    const row = element("tr")
    const heads = [words.prompt, words.change, ...steps.map(String)].map((word) => element("th", "", word))
    for (const head of heads) head.scope = "col"
    heads[1].title = words.changeHelp
    heads[2 + steps.indexOf(step)]?.classList.add("al-rates-here")
    row.append(...heads)
    const head = element("thead")
    head.append(row)
    return head
  }

  #totals({ totals, prompts }) {
    const { words } = this.tab
    const row = element("tr", "al-rates-all")
    const title = element("th", "", fill(words.allPrompts, { count: prompts }))
    title.scope = "row"
    const [first, last] = [totals[0], totals[totals.length - 1]]
    const change = totals.length ? last[0] / last[1] - first[0] / first[1] : 0
    row.append(title, element("td", "al-num", changeWords(change)), ...totals.map((cell) => rateCell(cell)))
    return row
  }

  #row({ index, prompt, cells, change }, steps) {
    const row = element("tr")
    const title = element("th")
    title.scope = "row"
    const open = element("button", "al-rates-prompt", questionOf(prompt))
    open.title = this.tab.words.across
    open.addEventListener("click", () => this.tab.set({ prompt: index }))
    title.append(open)
    row.append(title, element("td", "al-num", changeWords(change)))
    row.append(...cells.map((cell, place) => this.#cell(cell, index, steps[place])))
    return row
  }

  #cell(cell, prompt, step) {
    const node = rateCell(cell)
    if (cell) node.addEventListener("click", () => this.tab.set({ prompt, step }))
    return node
  }
}

// The samples that pass of all of them; the tint says the same.
function rateCell(cell) {
  const node = element("td", "al-rate", cell ? `${cell[0]}/${cell[1]}` : "–")
  if (cell) node.style.setProperty("--share", `${(cell[0] / cell[1]) * 100}%`)
  return node
}

// A change of a share in percentage points.
function changeWords(change) {
  const points = Math.round(change * 100)
  return points === 0 ? "= 0" : `${points > 0 ? "▲" : "▼"} ${signed(points)}`
}
