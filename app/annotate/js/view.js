// The page of a task: progress, notices, the question, the field that is written in, the buttons. It draws what it is
// told and decides nothing.

import { element } from "../../bridge/js/elements.js"
import { drawBar } from "./bar.js"
import { fill } from "../../bridge/js/sentences.js"
import { paceText } from "./pace.js"
import { bodyOf, clampPrompt, questionView, updateQuestion } from "./question_view.js"
import { letterOf } from "./verdict_words.js"

const GLYPHS = { saved: "✓", pending: "↑", offline: "▲", signed_out: "▲", refused: "✕" }
const TONES = { saved: "good", pending: "soft", offline: "warning", signed_out: "bad", refused: "bad" }

export class View {
  constructor(root, words, act) {
    Object.assign(this, { root, words, act })
    this.count = element("b", "al-count")
    this.meter = element("span", "al-bar al-judged")
    this.meter.append(element("i"))
    this.meter.setAttribute("role", "progressbar")
    this.meter.setAttribute("aria-label", words.progress)
    this.pace = element("span", "al-soft al-pace")
    this.saved = element("span", "al-saved")
    this.line = element("div", "al-judge-line")
    this.line.append(this.count, this.meter, this.pace, this.saved)
    this.notices = element("div", "al-notices")
    this.stage = element("div", "al-desk")
    this.field = element("div", "al-field")
    this.bar = element("div", "al-keys-bar")
    this.bar.setAttribute("role", "toolbar")
    this.bar.setAttribute("aria-label", words.keys_title)
    this.spoken = element("p", "al-spoken")
    this.spoken.setAttribute("aria-live", "polite")
    root.replaceChildren(this.line, this.notices, this.stage, this.field, this.bar, this.spoken)
  }

  // Before the server has answered nothing is known of it.
  showProgress({ done, total, seconds, known }) {
    this.line.classList.toggle("al-unknown", !known)
    this.count.textContent = fill(this.words.of, { done, total })
    this.meter.firstChild.style.width = `${total ? Math.min(100, (100 * done) / total) : 0}%`
    this.meter.setAttribute("aria-valuenow", done)
    this.meter.setAttribute("aria-valuemax", total)
    this.pace.textContent = paceText(total - done, seconds, this.words)
  }

  // Spoken aloud only when the state changes: not for every vote that is on its way for a moment.
  showSaved(state, count) {
    this.saved.textContent = `${GLYPHS[state]} ${fill(this.words.saving[state], { count })}`
    this.saved.className = `al-saved al-${TONES[state]}`
    this.root.dataset.saving = state
    if (state !== "pending" && state !== this.spokenState) {
      if (this.spokenState) this.say(this.saved.textContent)
      this.spokenState = state
    }
  }

  // Each notice: tone, text, and buttons as [label, what the task shall do, address of a link instead].
  showNotices(notices) {
    const text = JSON.stringify(notices)
    if (this.shownNotices === text) return
    this.shownNotices = text
    this.notices.replaceChildren(...notices.map((notice) => this.notice(notice)))
  }

  notice({ tone, text, buttons = [] }) {
    const line = element("p", `al-notice al-notice-${tone}`)
    line.append(element("span", `al-tone al-${tone}`, text), ...buttons.map((button) => this.noticeButton(button)))
    return line
  }

  noticeButton([label, action, address]) {
    const node = element(address ? "a" : "button", "al-notice-button", label)
    if (address) node.href = address
    else node.onclick = () => this.act({ name: "ask", what: action })
    return node
  }

  showQuestion(judging, key, markdown) {
    this.question = questionView(judging.question, this.stateOf(judging, markdown), this.words, this.act)
    this.stage.replaceChildren(this.question)
    this.root.dataset.state = "judging"
    this.root.dataset.question = key
    this.showField(judging, markdown)
    this.updateBar(judging)
    const { question, words } = this
    const { prompt } = judging.question
    // Heights are read once everything has been written: a key costs one layout, before the same picture.
    requestAnimationFrame(() => clampPrompt(question, prompt, words))
  }

  update(judging, markdown) {
    if (!judging.question) return
    updateQuestion(this.question, judging.question, this.stateOf(judging, markdown), this.words, this.act)
    this.showField(judging, markdown)
    this.updateBar(judging)
  }

  stateOf(judging, markdown) {
    const { draft, row, rated, round, ranking, criteria } = judging
    return { draft, row, rated, round, ranking, criteria, markdown }
  }

  updateBar(judging) {
    const { draft, ranking, criterion, criteria, row, much, tied, more } = judging
    const asked = criterion && fill(this.words.criterion, { name: criterion, number: row + 1, count: criteria.length })
    const toRank = ranking && this.words.rank_title
    const title = judging.mode === "judge" ? asked || toRank : this.words.strips[judging.mode]
    const reveal = judging.question.phase === "reveal"
    const state = { draft, ranking, criterion, much, tied, more, title, reveal, strip: this.strip(judging) }
    drawBar(this.bar, state, this.words, this.act)
    this.root.dataset.mode = judging.mode
  }

  strip({ mode, reasons, flags, question }) {
    const { words } = this
    if (mode === "skip") {
      return { choices: reasons.map((reason) => [reason, words.reasons[reason]]), key: "S", without: words.no_reason }
    }
    if (mode === "flag") return { choices: flags.map((flag) => [flag, words.flags[flag]]) }
    if (mode === "choose") return { choices: question.responses.map((response) => [response.id, letterOf(response)]) }
    return mode === "judge" ? null : { choices: [], key: "Ctrl ↵", without: words.save }
  }

  // The field for an edited answer stands in its card, that for a comment under the question.
  showField(judging, markdown) {
    const writing = judging.mode === "edit" || judging.mode === "comment" ? `${judging.mode} ${judging.token}` : ""
    if (this.writing === writing && this.textarea?.isConnected) return
    this.closeField(judging, markdown)
    this.writing = writing
    if (!writing) return
    const label = judging.mode === "edit" ? this.words.edit_label : this.words.comment_label
    this.textarea = textField(judging.writtenText, label, (text) => this.act({ name: "typed", text }))
    const place = judging.mode === "edit" ? this.bodyOfCard(judging.token) : this.field
    place.replaceChildren(this.textarea)
    this.textarea.focus()
  }

  closeField(judging, markdown) {
    this.field.replaceChildren()
    this.textarea = null
    for (const response of judging.question.responses) {
      const body = this.bodyOfCard(response.id)
      if (body.querySelector("textarea") || judging.draft.edits[response.id] !== body.edit) {
        body.replaceChildren(...bodyOf(response, this.stateOf(judging, markdown), this.words))
      }
      body.edit = judging.draft.edits[response.id]
    }
  }

  bodyOfCard(token) {
    const cards = [...this.question.querySelectorAll(".al-card")]
    return cards.find((card) => card.dataset.token === token).querySelector(".al-card-body")
  }

  // Instead of a question: loading, the end of the queue, or why there is none.
  showState(state, title, advice, buttons = []) {
    const note = element("div", "al-empty al-judge-end")
    const actions = buttons.map((button) => this.noticeButton(button))
    note.append(element("h2", "", title), element("p", "", advice), ...actions)
    this.stage.replaceChildren(...(state === "loading" ? [skeleton()] : [note]))
    this.field.replaceChildren()
    this.bar.replaceChildren()
    this.bar.shown = null
    this.root.dataset.state = state
    this.root.dataset.question = ""
    this.root.dataset.mode = "judge"
  }

  say(text) {
    this.spoken.textContent = text
  }
}

function textField(text, label, typed) {
  const field = element("textarea", "al-write")
  field.value = text
  field.dir = "auto"
  field.setAttribute("aria-label", label)
  field.rows = Math.min(16, Math.max(3, text.split("\n").length + Math.ceil(text.length / 70)))
  field.oninput = () => typed(field.value)
  return field
}

function skeleton() {
  const bones = element("div", "al-question al-bones")
  const cards = element("div", "al-cards")
  cards.append(element("div", "al-card"), element("div", "al-card"))
  bones.append(element("div", "al-bone"), cards)
  bones.setAttribute("aria-hidden", "true")
  return bones
}
