// A person's task: questions come before they are needed, a verdict draws the next one at once, and votes go to the
// server behind its back. Left out: keys (`keys`), what is set for one question (`judging`), drawing (`view`).

import { browserStorage } from "../../bridge/js/browser_storage.js"
import { Drafts } from "./drafts.js"
import { openDialog, helpContent, historyContent, refusedContent } from "./dialogs.js"
import { notices, endOf } from "./messages.js"
import { Judging } from "./judging.js"
import { Outbox, PageStorage } from "./outbox.js"
import { fill } from "../../bridge/js/sentences.js"
import { median, Stopwatch } from "./pace.js"
import { keyOf, Queue } from "./queue.js"
import { giveBack, postVotes, readQueue } from "./requests.js"
import { Sender } from "./sender.js"
import { View } from "./view.js"
import { countChange, draftOf, makeVote, withdrawal } from "./votes.js"

const LEFT_AFTER_MS = 1_000
const RENEWED_EVERY_MS = 60_000 // renews the leases, and brings what others' verdicts reveal
const ASKED_AGAIN_MS = 20_000 // at the end of the queue; after a failure sooner at first
const FIRST_RETRY_MS = 1000
const NORMING = "norming" // the reason that says: given after the verdicts of all were seen
const REQUESTS = {
  undo: "undo",
  keep: "keep",
  leave: "leave",
  more: "showMore",
  help: "showHelp",
  history: "showHistory",
  refused: "showRefused",
  markdown: "switchMarkdown",
  keepDraft: "keepDraft",
}
const FORBIDDEN = 403
const WITHOUT_ROUND = { criteria: [], mode: "pairs", ask_quality: false }

export class Task {
  constructor(root, data, storage = browserStorage("localStorage") ?? new PageStorage()) {
    Object.assign(this, { root, data, words: data.words })
    this.drafts = new Drafts(storage, data.scope)
    this.outbox = new Outbox(storage, data.scope)
    this.named = { dataset: data.dataset, round: data.round, account: data.account }
    const post = (votes) => postVotes(data.judgements_url, this.named, votes)
    this.sender = new Sender(this.outbox, post, (progress) => this.sent(progress))
    this.queue = new Queue()
    this.judging = new Judging(Object.keys(data.words.reasons), Object.keys(data.words.flags))
    this.watch = new Stopwatch()
    this.view = new View(root, data.words, (action) => this.act(action))
    Object.assign(this, { round: null, progress: null, changing: null, listeners: null })
    Object.assign(this, { failure: null, failures: 0, reading: false })
    this.history = [] // own verdicts, the newest last
    this.times = []
    this.markdown = this.drafts.markdown
    for (const { vote, question } of this.outbox.waiting()) this.noteVote(vote, question)
    this.view.showState("loading", "", "")
    this.showStatus()
  }

  start() {
    clearTimeout(this.leaving)
    if (this.listeners) return
    this.listeners = new AbortController()
    const { signal } = this.listeners
    document.addEventListener("visibilitychange", () => this.seen(), { signal })
    window.addEventListener("online", () => this.goOn(), { signal })
    window.addEventListener("focus", () => this.sender.failure && this.goOn(), { signal })
    window.addEventListener("storage", (event) => this.takeFromTab(event), { signal })
    window.addEventListener("pagehide", () => this.giveBack(), { signal })
    this.renewal = setInterval(() => this.renew(), RENEWED_EVERY_MS)
    this.goOn()
  }

  stop() {
    this.listeners?.abort()
    this.listeners = null
    clearInterval(this.renewal)
    clearTimeout(this.timer)
    // Streamlit stops and starts a task whenever it draws the page again.
    clearTimeout(this.leaving)
    this.leaving = setTimeout(() => this.giveBack() && this.queue.forget(), LEFT_AFTER_MS)
  }

  renew() {
    if (!this.root.isConnected) this.stop()
    else if (!document.hidden && this.queue.current) this.read()
  }

  // Not while votes wait: their questions would be asked of others, and the votes come too late to count.
  giveBack() {
    if (!this.queue.current || this.outbox.waiting().length) return false
    giveBack(this.data.leave_url, this.named)
    return true
  }

  goOn() {
    this.sender.flush()
    if (!this.queue.current || this.queue.wanting) this.read()
  }

  seen() {
    if (document.hidden) this.watch.pause()
    else this.watch.resume()
    if (!document.hidden) this.read() // the leases may have ended meanwhile
  }

  // reading ----------------------------------------------------------------------------------------------------

  async read() {
    this.outdated = this.reading // what is being read may be of before the last verdicts
    if (this.reading || !this.listeners) return // who has left leases nothing
    this.reading = true
    clearTimeout(this.timer)
    const asked = this.queue.toAsk(this.outbox.size)
    try {
      this.takeQueue(await readQueue(this.data.queue_url, asked), asked)
    } catch (failure) {
      if (failure.status === undefined) throw failure
      this.failure = failure
      this.failures += 1
      if (failure.status === FORBIDDEN) this.clear()
    } finally {
      this.reading = false
    }
    if (!this.queue.current) this.drawEnd()
    if (this.failure || !this.queue.current) this.readLater()
    this.showStatus()
  }

  readLater() {
    if (this.outdated && !this.failure) return this.read()
    const sooner = this.failure ? FIRST_RETRY_MS * 2 ** (this.failures - 1) : ASKED_AGAIN_MS
    this.timer = setTimeout(() => this.listeners && this.read(), Math.min(ASKED_AGAIN_MS, sooner))
    return null
  }

  takeQueue({ round, progress, questions, last }, asked) {
    if (this.round === null) this.history = [...this.earlier(last), ...this.history]
    const drawn = this.queue.current
    Object.assign(this, { round, progress, failure: null, failures: 0 })
    this.queue.replace(round.closed ? [] : questions, asked)
    if (this.queue.current !== drawn) this.draw()
  }

  // Who sits here may not judge, or is somebody else than the page was made for: no question lies before them.
  clear() {
    this.changing = null
    this.queue.forget()
    this.draw()
  }

  // The verdicts of before this page, without those that a vote on its way changes.
  earlier(last) {
    const changed = new Set(this.outbox.waiting().flatMap(({ vote }) => [vote.id, vote.supersedes]))
    return last.filter(({ judgement_id: id }) => !changed.has(id)).toReversed()
  }

  // Votes of another tab, or of this browser before a reload: their questions are answered.
  takeFromTab(event) {
    const entry = this.outbox.addedBy(event)
    if (!entry || entry.vote.verdict === "withdrawn") return
    const drawn = this.queue.current
    this.queue.answer(keyOf(entry.question))
    if (this.queue.current !== drawn) this.draw()
    this.showStatus()
    this.refill()
  }

  refill() {
    if (this.queue.wanting || !this.queue.current) this.read()
  }

  // judging ----------------------------------------------------------------------------------------------------

  // True where the action meant something.
  act(action) {
    const outcome = action.name === "ask" ? action.what : this.judging.act(action)
    if (outcome === null) return false
    if (outcome === true) this.changed()
    else if (typeof outcome === "string") this[REQUESTS[outcome]]()
    else this.commit(outcome)
    return true
  }

  changed() {
    this.keepDraft()
    this.view.update(this.judging, this.markdown)
  }

  commit(verdict) {
    const { question, draft } = this.judging
    const seconds = this.watch.seconds
    const own = ownVerdict(question)
    const vote = makeVote(question, draft, {
      ...verdict,
      reasons: own ? [...verdict.reasons, NORMING] : verdict.reasons,
      seconds,
      guideline_version: this.round.guideline_version ?? null,
      supersedes: (this.changing ?? own)?.judgement_id ?? null,
    })
    this.outbox.add(vote, question)
    this.drafts.drop(question)
    if (this.changing?.refused) this.outbox.dismiss(this.changing.refused)
    this.times.push(seconds)
    this.changing = null
    this.noteVote(vote, question)
    this.draw()
    this.sender.flush()
    this.refill()
  }

  noteVote(vote, question) {
    this.history = this.history.filter(({ judgement_id: id }) => id !== vote.supersedes)
    if (vote.verdict === "withdrawn") this.queue.answered.delete(keyOf(question))
    else {
      this.history.push({ ...vote, judgement_id: vote.id, question })
      this.queue.answer(keyOf(question))
    }
  }

  draw() {
    const question = this.queue.current
    this.judging.begin(question, this.round ?? WITHOUT_ROUND, question ? this.beginning(question) : {})
    if (!question) return this.drawEnd()
    this.view.showQuestion(this.judging, keyOf(question), this.markdown)
    this.watch.restart(this.judging.draft.seconds)
    this.showStatus()
    return this.view.say(fill(this.words.now, { number: this.done + 1 }))
  }

  drawEnd() {
    const { state, title, advice, buttons } = endOf(this)
    this.view.showState(state, title, advice, buttons)
    this.showStatus()
  }

  // other actions ----------------------------------------------------------------------------------------------

  undo() {
    const entry = this.history.at(-1)
    if (!entry) return this.view.say(this.words.nothing_to_undo)
    if (entry.question.phase === "reveal") return this.reopen(entry, entry) // it stands in for an older one
    const vote = withdrawal(entry, this.round?.guideline_version ?? null)
    this.outbox.add(vote, entry.question)
    this.noteVote(vote, entry.question)
    this.reopen(entry, null)
    this.sender.flush()
    return this.view.say(this.words.undone)
  }

  // Another look at a verdict: it stands until a new one takes its place.
  change(entry) {
    this.closeDialog()
    this.reopen(entry, entry)
  }

  reopen(entry, changing) {
    this.leave()
    this.changing = changing
    this.queue.putFront(entry.question)
    this.judging.reopen(entry.question, this.round ?? WITHOUT_ROUND, entry)
    this.view.showQuestion(this.judging, keyOf(entry.question), this.markdown)
    this.watch.restart()
    this.showStatus()
  }

  // Back to the queue, with the verdict as it was.
  leave() {
    if (!this.changing) return
    const { question } = this.changing
    this.changing = null
    this.queue.answer(keyOf(question))
    this.draw()
  }

  // The revealed verdicts change nothing: the person stands by the own one.
  keep() {
    const { verdict, strength, reasons = [] } = ownVerdict(this.judging.question)
    this.commit({ verdict, strength, reasons })
  }

  keepDraft() {
    this.drafts.keep(this.judging, this.watch.seconds)
  }

  switchMarkdown() {
    this.markdown = !this.markdown
    this.drafts.markdown = this.markdown
    if (this.queue.current) this.view.showQuestion(this.judging, keyOf(this.queue.current), this.markdown)
  }

  showMore() {
    this.judging.more = !this.judging.more
    this.view.updateBar(this.judging)
  }

  showHistory() {
    const content = historyContent(this.history, this.words, (entry) => this.change(entry))
    openDialog(this.root, this.words.history_title, content, this.words)
  }

  showHelp() {
    this.drafts.guideline = this.round?.guideline_version ?? 0
    const content = helpContent(this.round ?? WITHOUT_ROUND, { ranking: this.judging.ranking, words: this.words })
    openDialog(this.root, this.words.help_title, content, this.words)
    this.showStatus()
  }

  showRefused() {
    const dismiss = ({ vote }) => {
      this.outbox.dismiss(vote.id)
      if (this.outbox.refused().length) this.showRefused()
      else this.closeDialog()
      this.showStatus()
    }
    // It stays among the refused until there is a new verdict, which takes the place of one that stands.
    const again = ({ vote, question, standing = null }) => {
      this.closeDialog()
      this.reopen({ ...vote, question }, { question, judgement_id: standing, refused: vote.id })
    }
    const content = refusedContent(this.outbox.refused(), this.words, { again, dismiss })
    openDialog(this.root, this.words.refused_title, content, this.words)
  }

  closeDialog() {
    this.root.querySelector("dialog")?.close()
  }

  // status -----------------------------------------------------------------------------------------------------

  get done() {
    const unsent = this.outbox.waiting().reduce((sum, { vote }) => sum + countChange(vote), 0)
    return Math.max(0, (this.progress?.mine ?? 0) + unsent)
  }

  get seconds() {
    return this.times.length >= 3 ? median(this.times) : (this.progress?.median_seconds ?? null)
  }

  sent(progress) {
    if (progress) this.progress = progress
    const refused = new Set(this.outbox.refused().map(({ vote }) => vote.id))
    this.history = this.history.filter(({ judgement_id: id }) => !refused.has(id))
    if (this.sender.failure?.status === FORBIDDEN && this.queue.current) {
      this.failure = this.sender.failure
      this.clear()
    }
    this.showStatus()
    if (progress && this.outbox.size === 0) this.refill()
  }

  showStatus() {
    const { done } = this
    const total = Math.max(this.progress?.total_for_me ?? 0, done)
    this.view.showProgress({ done, total, seconds: this.seconds, known: this.progress !== null })
    this.view.showSaved(this.sender.state, this.outbox.size)
    this.view.showNotices(notices(this))
  }

  // What a question starts with: where it is revealed, all that the person said of it.
  beginning(question) {
    const own = ownVerdict(question)
    if (!own) return this.drafts.of(question)
    const entry = this.history.find(({ judgement_id: id }) => id === own.judgement_id)
    return { draft: draftOf(entry ?? own) }
  }
}

// In the reveal of a norming round: what the person said before; null for any other question.
function ownVerdict(question) {
  return question?.phase === "reveal" ? (question.verdicts?.find(({ mine }) => mine) ?? null) : null
}
