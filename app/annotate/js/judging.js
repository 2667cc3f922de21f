// The question that is drawn and what the person has set for it: which keys mean what, until there is a verdict. It
// knows neither page nor server. Left out: the questions before and after it (`task`).

import { place, isRanking, withoutLast } from "./ranking.js"
import { draftOf, emptyDraft } from "./votes.js"

const SIDES = ["tie", "left", "right"]
const ASKED_OF_TASK = new Set(["undo", "markdown", "history", "help", "more"])

export class Judging {
  constructor(reasons, flags) {
    Object.assign(this, { reasons, flags, question: null, round: null, more: false })
    this.begin(null, { criteria: [] })
  }

  // `kept`: what was set for this question before, and texts that were written but not saved.
  begin(question, round, kept = {}) {
    const draft = { ...emptyDraft(), ...kept.draft }
    Object.assign(this, { question, round, draft, unsaved: { ...kept.unsaved } })
    Object.assign(this, { mode: "judge", row: 0, much: false, tied: false, token: null })
    while (this.criterion !== null && draft.criteria[this.criterion]) this.row += 1
  }

  // The question again, with what stood beside the verdict on it.
  reopen(question, round, vote) {
    this.begin(question, round, { draft: draftOf(vote) })
    this.row = 0
  }

  get ranking() {
    return this.question?.kind === "ranking"
  }

  get criteria() {
    return this.ranking ? [] : (this.round?.criteria ?? [])
  }

  // The name of the criterion whose turn it is; null where the verdict's is.
  get criterion() {
    return this.criteria[this.row] ?? null
  }

  // The answer that the next quality is for.
  get rated() {
    if (!this.round?.ask_quality || !this.question) return null
    return this.question.responses.find(({ id }) => !this.draft.quality[id])?.id ?? null
  }

  // What came of an action: a verdict {verdict, strength, reasons}, the name of what the task shall do, true where only
  // this question changed, null where the action means nothing here.
  act(action) {
    if (!this.question) return ASKED_OF_TASK.has(action.name) ? action.name : null
    if (this.mode !== "judge") return this[`${this.mode}Mode`](action)
    if (ASKED_OF_TASK.has(action.name)) return action.name
    const handler = this[`on${action.name[0].toUpperCase()}${action.name.slice(1)}`]
    return handler ? handler.call(this, action) : null
  }

  onDigit({ digit, much }) {
    if (this.ranking) return this.rank(digit)
    const side = SIDES[digit]
    if (!side) return null
    if (this.criterion !== null) return this.judgeCriterion(this.row, side)
    return this.verdict(side, side !== "tie" && (much || this.much) ? 2 : null)
  }

  rank(digit) {
    const response = this.question.responses[digit - 1]
    if (!response) return null
    this.draft.ranking = place(this.draft.ranking, response.id, this.tied)
    this.tied = false
    return true
  }

  judgeCriterion(index, side) {
    this.draft.criteria = { ...this.draft.criteria, [this.criteria[index]]: side }
    this.row = index + 1
    return true
  }

  verdict(verdict, strength = null, reasons = []) {
    return { verdict, strength, reasons }
  }

  onCriterion({ index, side }) {
    if (index >= this.criteria.length) return null
    if (side) return this.judgeCriterion(index, side)
    this.row = index
    return true
  }

  onQuality({ quality, token }) {
    if (!this.round.ask_quality) return null
    const id = token ?? this.rated ?? this.question.responses[0].id
    const before = token ? this.draft.quality : this.rated ? this.draft.quality : {} // rated all: from the first again
    this.draft.quality = { ...before, [id]: quality }
    return true
  }

  onBothBad() {
    return this.verdict("both_bad")
  }

  onMuch() {
    this.much = !this.much
    return true
  }

  onTied() {
    if (!this.ranking || this.draft.ranking.length === 0) return null
    this.tied = !this.tied
    return true
  }

  onBack() {
    if (!this.ranking) return null
    this.draft.ranking = withoutLast(this.draft.ranking)
    return true
  }

  onEnter() {
    if (this.ranking) return isRanking(this.draft.ranking) ? this.verdict("ranking") : null
    if (this.criterion === null) return this.question.phase === "reveal" ? "keep" : null
    this.row += 1
    return true
  }

  onEscape() {
    if (this.criterion === null && !this.much) return "leave"
    Object.assign(this, { row: this.criteria.length, much: false })
    return true
  }

  onSkip() {
    return this.enter("skip")
  }

  onFlag() {
    if (!this.draft.flag) return this.enter("flag")
    this.draft.flag = null
    return true
  }

  onEdit({ token }) {
    return token ? this.edit(token) : this.enter("choose")
  }

  onComment() {
    return this.enter("comment")
  }

  enter(mode) {
    this.mode = mode
    return true
  }

  edit(token) {
    Object.assign(this, { mode: "edit", token })
    return true
  }

  // Why it is skipped, if the person likes to say.
  skipMode({ name, digit }) {
    if (name === "escape") return this.enter("judge")
    if (name === "enter" || name === "skip") return this.verdict("skip")
    return name === "digit" && this.reasons[digit - 1] ? this.verdict("skip", null, [this.reasons[digit - 1]]) : null
  }

  flagMode({ name, digit }) {
    if (name === "escape" || name === "flag") return this.enter("judge")
    if (name !== "digit" || !this.flags[digit - 1]) return null
    this.draft.flag = this.flags[digit - 1]
    return this.enter("judge")
  }

  chooseMode({ name, digit }) {
    if (name === "escape" || name === "edit") return this.enter("judge")
    const response = name === "digit" ? this.question.responses[digit - 1] : null
    return response ? this.edit(response.id) : null
  }

  editMode({ name, text }) {
    return this.writing({ name, text }, this.token, (written) => {
      const { [this.token]: _before, ...others } = this.draft.edits
      const same = written.trim() === "" || written === this.original(this.token)
      this.draft.edits = same ? others : { ...others, [this.token]: written }
    })
  }

  commentMode({ name, text }) {
    return this.writing({ name, text }, "comment", (written) => (this.draft.comment = written.trim() || null))
  }

  // A text that is left unsaved is kept, and is there when its field is opened again.
  writing({ name, text }, key, save) {
    if (name === "typed") {
      this.unsaved[key] = text
      return "keepDraft"
    }
    if (name === "enter" || name === "save") {
      save(this.writtenText)
      delete this.unsaved[key]
    } else if (name !== "escape") return null
    return this.enter("judge")
  }

  original(token) {
    return this.question.responses.find(({ id }) => id === token)?.text ?? ""
  }

  // What the open field starts with.
  get writtenText() {
    if (this.mode === "comment") return this.unsaved.comment ?? this.draft.comment ?? ""
    return this.unsaved[this.token] ?? this.draft.edits[this.token] ?? this.original(this.token)
  }
}
