// One response of the token lens: its facts, its tokens coloured by one quantity, and a bar for each value.
// Texts of models go into the page as text alone.

import { element } from "../../bridge/js/elements.js"
import { fill } from "../../bridge/js/sentences.js"
import { bars } from "./lens_bars.js"
import { visible } from "./lens_pieces.js"
import { farthest, printed, share } from "./lens_values.js"
import { shown } from "../../charts/js/numbers.js"

const STRONGEST = 50 // per cent of the hue; text on it stays readable
const MOVES = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }
const GLYPHS = { chosen: "✓", desirable: "✓", rejected: "✕", undesirable: "✕" }
const TONES = { "✓": "al-good", "✕": "al-bad" }

// `onPoint` is told the index of the token that the pointer or the keyboard is on.
export class LensRow {
  constructor(row, { title, quantity, reached, words, onPoint }) {
    Object.assign(this, { row, title, quantity, reached, words, onPoint })
    this.values = row.values[quantity.name] ?? row.ids.map(() => null)
    this.at = farthest(this.values, quantity.neutral)
    this.box = element("section", "al-lens-row")
    this.list = element("div", "al-lens-text")
    this.tokens = row.ids.map((_id, index) => this.#token(index))
    this.bars = bars(this.values, quantity, reached, (index) => this.point(index))
    this.#build()
  }

  // Marks a token and its bar, and tells of it.
  point(index, { focus = false } = {}) {
    if (this.tokens.length === 0) return
    this.#mark(this.at, false)
    this.at = Math.max(0, Math.min(this.tokens.length - 1, index))
    this.#mark(this.at, true)
    if (focus) this.tokens[this.at].focus()
    this.onPoint(this, this.at)
  }

  #build() {
    const { box, list, row, words } = this
    box.append(this.#head(), list, this.bars.node)
    list.setAttribute("role", "listbox")
    list.setAttribute("aria-label", this.title || words[row.label] || words.response)
    list.setAttribute("aria-orientation", "horizontal")
    list.dir = "auto"
    list.append(...this.tokens)
    if (row.pieces.length === 0 && row.text) box.append(element("p", "al-soft al-raw", row.text))
    if (row.cut) box.append(element("p", "al-soft al-note", fill(words.cut, { count: row.cut })))
    if (this.tokens.length > 0) this.tokens[this.at].tabIndex = 0
    list.addEventListener("pointerover", (event) => this.#follow(event))
    list.addEventListener("click", (event) => this.#follow(event))
    list.addEventListener("focusin", (event) => this.#follow(event))
    list.addEventListener("keydown", (event) => this.#move(event))
  }

  #head() {
    const head = element("header")
    const glyph = GLYPHS[this.row.label]
    if (this.title) head.append(element("b", "", this.title))
    if (glyph) head.append(element("b", TONES[glyph], `${glyph} ${this.words[this.row.label]}`))
    head.append(...this.#facts().map((fact) => element("span", "al-soft", fact)))
    return head
  }

  #facts() {
    const { row, words } = this
    const scores = Object.entries(row.scores).map(([name, value]) => `${name} ${shown(value)}`)
    const scored = row.score === null || GLYPHS[row.label] ? [] : [fill(words.score, { value: shown(row.score) })]
    return [...scores, ...scored, fill(words.tokens, { count: row.tokens }), this.#summary()].filter(Boolean)
  }

  // The sum of the quantity where it has a meaning, else its mean.
  #summary() {
    const { row, quantity, words } = this
    if (quantity.scale === "flag") {
      const clipped = this.values.filter((value) => value !== null && value !== 0).length
      return fill(words.clipped, { count: clipped })
    }
    const value = quantity.sums ? row.totals[quantity.name] : row.means[quantity.name]
    if (value === null || value === undefined) return ""
    return fill(quantity.sums ? words.sum : words.mean, { value: printed(value, quantity) })
  }

  #token(index) {
    const { text, kind } = visible(this.row.pieces[index] ?? String(index + 1), this.row.special[index])
    const value = this.values[index]
    const token = element("span", `al-lens-token al-lens-${kind} ${this.#tint(value)}`, text)
    token.style.setProperty("--al-lens-share", `${this.#strength(value)}%`)
    token.tabIndex = -1
    token.dataset.index = index
    token.dataset.value = printed(value, this.quantity)
    token.setAttribute("role", "option")
    token.setAttribute("aria-selected", "false")
    token.setAttribute("aria-label", `${text}, ${this.quantity.title} ${token.dataset.value}`)
    return token
  }

  #tint(value) {
    const side = share(value, this.quantity, this.reached)
    return side === null ? "al-lens-none" : side < 0 ? "al-lens-down" : "al-lens-up"
  }

  #strength(value) {
    return Math.round(STRONGEST * Math.abs(share(value, this.quantity, this.reached) ?? 0))
  }

  #mark(index, on) {
    this.tokens[index].tabIndex = on ? 0 : -1
    this.tokens[index].setAttribute("aria-selected", on)
    this.bars.mark(index, on)
  }

  #follow({ target, type }) {
    const index = Number(target.dataset?.index ?? Number.NaN)
    if (Number.isNaN(index) || (type === "pointerover" && this.list.contains(document.activeElement))) return
    this.point(index)
  }

  #move(event) {
    const by = MOVES[event.key]
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    this.point(this.at + by, { focus: true })
  }
}
