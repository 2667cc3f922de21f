// The token lens: the responses to one prompt, each token coloured by one of the numbers that an evaluation kept of it.
// It reads one prompt at a time; what is chosen stands in the page's address.

import { AddressEcho } from "../../bridge/js/address_echo.js"
import { browserStorage } from "../../bridge/js/browser_storage.js"
import { element } from "../../bridge/js/elements.js"
import { fetchJson } from "../../bridge/js/fetch_json.js"
import { fill } from "../../bridge/js/sentences.js"
import { against, fromQuery, toQuery, urlAgainst, urlOf, written } from "./lens_choice.js"
import { comparedWords, controls, quantityOf } from "./lens_controls.js"
import { legend, promptBox, readout } from "./lens_frame.js"
import { LensRow } from "./lens_row.js"
import { difference, ofDifference, reach, sameTokens } from "./lens_values.js"

const REST_MS = 350 // before the address is told: a reader who tries several choices writes it once
const NOT_THERE = new Set(["400", "404"]) // an address that was written by hand, or what is gone
const NUMBERED = "alignlab.lens.numbers"

export default function mountLens({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".al-lens")
  root.lens ??= new TokenLens(root)
  root.lens.mount(data, setTriggerValue)
  return () => root.lens.stop()
}

class TokenLens {
  constructor(root) {
    Object.assign(this, { root, run: null, choice: null, echo: null, timer: null, answers: new Map() })
    this.storage = browserStorage("localStorage")
    this.numbered = this.storage?.getItem(NUMBERED) === "1"
  }

  // The page has run: with another address, after the browser's Back, say, or with an evaluation more.
  mount(data, tell) {
    const chosen = fromQuery(data.choice)
    const isFirst = this.run !== data.run
    const isNews = this.data?.newest !== data.newest || this.data?.language !== data.language
    if (isFirst) this.echo = new AddressEcho()
    const isElsewhere = this.echo.isNews(written(chosen))
    Object.assign(this, { data, tell, run: data.run })
    if (isElsewhere) this.choice = chosen
    if (isElsewhere || isNews) this.load()
  }

  stop() {
    clearTimeout(this.timer)
  }

  choose(fields) {
    this.choice = { ...this.choice, ...fields }
    this.load()
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.writeAddress(), REST_MS)
  }

  writeAddress() {
    if (this.echo.write(written(this.choice))) this.tell("chosen", toQuery(this.choice))
  }

  async load() {
    const { choice, data } = this
    this.root.setAttribute("aria-busy", "true")
    if (!this.shown) this.root.replaceChildren(element("p", "al-soft al-note", data.words.loading))
    try {
      const shown = await this.readShown(choice)
      const compared = against(choice, data.run)
      const other = compared && (await this.read(urlAgainst(data.url, compared, shown), true).catch(notThere))
      if (choice !== this.choice) return
      Object.assign(this, { shown, other, failed: null })
    } catch (error) {
      if (choice !== this.choice) return
      this.failed = error
    }
    this.root.removeAttribute("aria-busy")
    this.draw()
  }

  // Where a step has no such part or prompt, what it has; the choice stays, for the steps that have it.
  async readShown(choice) {
    const { url, run } = this.data
    const keep = choice.step !== null
    try {
      return await this.read(urlOf(url, run, choice), keep)
    } catch (error) {
      if (error.message !== "404" || (choice.part === null && choice.prompt === null)) throw error
      return this.read(urlOf(url, run, { ...choice, part: null, prompt: null }), keep)
    }
  }

  // What the server answers; kept, but for the newest step, which another attempt may write again.
  async read(url, keep) {
    if (this.answers.has(url)) return this.answers.get(url)
    const answer = await fetchJson(url)
    if (this.answers.size > 60) this.answers.clear()
    if (keep) this.answers.set(url, answer)
    return answer
  }

  draw() {
    const { root, data, shown, failed } = this
    if (failed) return this.drawFailure()
    const fields = { ...this, onChoose: (changes) => this.choose(changes), onNumbers: (button) => this.print(button) }
    const bar = controls(fields)
    const compared = this.compared()
    const quantity = this.quantity(compared.isDifference)
    const rows = compared.rows.map(({ row }) => row)
    const reached = quantity ? reach(rows, quantity) : 1
    this.readout = readout(data, compared.isDifference)
    root.classList.toggle("al-lens-numbered", this.numbered)
    const parts = [bar, promptBox(shown.asked, data.words), compared.note]
    if (!quantity) parts.push(element("p", "al-soft", data.words.no_values))
    else parts.push(legend(quantity, reached, this.margin(compared, quantity), data.words), this.readout.node)
    parts.push(this.grid(compared.rows, quantity ?? { name: "", title: "", neutral: 0, scale: "flag" }, reached))
    this.replace(parts.filter(Boolean))
  }

  // A drawing that replaces another keeps the focus on the field that the reader is at.
  replace(parts) {
    const fields = [...this.root.querySelectorAll(".al-lens-bar :is(select, input, button)")]
    const at = fields.indexOf(document.activeElement)
    this.root.replaceChildren(...parts)
    if (at >= 0) this.root.querySelectorAll(".al-lens-bar :is(select, input, button)")[at]?.focus()
  }

  quantity(isDifference) {
    const name = quantityOf(this.shown, this.choice)
    const quantity = name && { name, ...this.data.quantities[name] }
    return isDifference && quantity ? ofDifference(quantity) : quantity
  }

  // The responses to be drawn, each with its title: as they are, as differences, or beside those of the other side.
  compared() {
    const { shown, other, data, choice } = this
    const plain = shown.rows.map((row) => ({ row, title: "" }))
    const place = against(choice, data.run)
    if (!place) return { rows: plain, isDifference: false, note: null }
    const names = { first: this.nameOf(data.run, shown.step), second: this.nameOf(place.run, Number(place.step)) }
    if (!other) return { rows: plain, isDifference: false, note: note(fill(data.words.absent, names)) }
    const isDifference = isAlike(shown.rows, other.rows)
    const rows = isDifference
      ? shown.rows.map((row, index) => ({ row: difference(row, other.rows[index]), title: "" }))
      : beside(shown.rows, other.rows, names)
    return { rows, isDifference, note: note(comparedWords(data.words, names, isDifference)) }
  }

  nameOf(run, step) {
    const { data } = this
    const at = fill(data.words.at_step, { step })
    return run === data.run ? at : `${data.others.find(({ id }) => id === run)?.name ?? run}, ${at}`
  }

  // By how much the chosen response leads; of a comparison, how much that lead has changed.
  margin({ isDifference }, { name, sums }) {
    const [own, others] = [this.shown.margin[name], this.other?.margin[name]]
    if (!sums || own === undefined) return null
    return isDifference && others !== undefined ? own - others : own
  }

  grid(rows, quantity, reached) {
    const { words } = this.data
    const grid = element("div", rows.some(({ title }) => title) ? "al-lens-rows al-lens-two" : "al-lens-rows")
    const onPoint = (row, index) => this.readout.say(row, index)
    const drawn = rows.map(({ row, title }) => new LensRow(row, { title, quantity, reached, words, onPoint }))
    grid.append(...drawn.map(({ box }) => box))
    drawn[0]?.point(drawn[0].at)
    return grid
  }

  print(button) {
    this.numbered = !this.numbered
    this.root.classList.toggle("al-lens-numbered", this.numbered)
    button.setAttribute("aria-pressed", this.numbered)
    try {
      this.storage?.setItem(NUMBERED, this.numbered ? "1" : "0")
    } catch {
      return // a full storage forgets it with the page
    }
  }

  drawFailure() {
    const { words } = this.data
    const box = element("div", "al-empty")
    const again = element("button", "al-switch", words.again)
    again.addEventListener("click", () => this.choose({ step: null, part: null, prompt: null, against: null }))
    box.append(element("p", "", NOT_THERE.has(this.failed.message) ? words.gone : words.failed), again)
    this.root.replaceChildren(box)
  }
}

function notThere(error) {
  if (error.message === "404") return null
  throw error
}

function note(text) {
  return element("p", "al-lens-note", text)
}

function isAlike(rows, others) {
  return rows.length === others.length && rows.every((row, index) => sameTokens(row, others[index]))
}

function beside(rows, others, { first, second }) {
  const left = rows.map((row) => ({ row, title: first }))
  const right = others.map((row) => ({ row, title: second }))
  return Array.from({ length: Math.max(left.length, right.length) }, (_none, at) => [left[at], right[at]])
    .flat()
    .filter(Boolean)
}
