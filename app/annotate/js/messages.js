// What a task says beside its question: notices above it, and what stands there when there is no question.

import { fill } from "../../bridge/js/sentences.js"

export function notices(task) {
  const sources = [signedOut, blocked, refused, newGuidelines, changing, keptInPageOnly]
  return sources.map((notice) => notice(task)).filter(Boolean)
}

function signedOut({ sender, outbox, words, data }) {
  if (sender.state !== "signed_out") return null
  const text = fill(words.signed_out, { count: outbox.size })
  return { tone: "bad", text, buttons: [[words.sign_in, "", data.sign_in_url]] }
}

function blocked({ sender }) {
  return sender.state === "refused" ? { tone: "bad", text: sender.failure.message } : null
}

function refused({ outbox, words }) {
  const count = outbox.refused().length
  return count ? { tone: "bad", text: fill(words.refused, { count }), buttons: [[words.show, "refused"]] } : null
}

function newGuidelines(task) {
  if (!task.queue.current) return null // nothing is left to judge by them
  const version = task.round?.guideline ? (task.round.guideline_version ?? 0) : 0
  if (version <= task.drafts.guideline) return null
  return { tone: "info", text: fill(task.words.new_guidelines, { version }), buttons: [[task.words.read, "help"]] }
}

function changing({ changing: entry, words }) {
  if (!entry) return null
  const again = entry.judgement_id ? words.again_standing : words.again_refused
  return { tone: "info", text: entry.refused ? again : words.changing, buttons: [[words.back_to_queue, "leave"]] }
}

function keptInPageOnly({ outbox, words }) {
  return outbox.memory.size ? { tone: "warning", text: words.kept_in_page_only } : null
}

// The state of a task without a question: {state, title, advice, buttons}.
export function endOf(task) {
  const { words, round, failure, progress, done } = task
  if (failure) return failed(task)
  if (round === null) return { state: "loading", title: "", advice: "" }
  const buttons = [...(task.history.length ? [[words.keys.history, "history"]] : []), otherRounds(words)]
  if (round.closed) return { state: "closed", ...words.ends.closed, buttons }
  if (progress.total_for_me === 0 && done === 0) return { state: "empty", ...words.ends.empty, buttons }
  if (done < progress.total_for_me) return { state: "waiting", ...words.ends.waiting, buttons }
  return { state: "done", title: words.ends.done.title, advice: judgedInWords(task), buttons }
}

// How many the person judged, and skipped where there are any.
function judgedInWords({ words, progress, done, seconds }) {
  const skipped = progress.skipped ?? 0
  const advice = skipped ? words.ends.done.advice_skipped : words.ends.done.advice
  return fill(advice, { count: done - skipped, skipped, seconds: seconds?.toFixed(1) ?? "–" })
}

function otherRounds(words) {
  return [words.all_rounds, "", "annotate"]
}

function failed({ failure, words, data }) {
  if (failure.status === 401) {
    return { state: "failed", ...words.ends.signed_out, buttons: [[words.sign_in, "", data.sign_in_url]] }
  }
  if (failure.status === 410) return { state: "closed", ...words.ends.closed, buttons: [otherRounds(words)] }
  if (failure.status >= 400 && failure.status < 500 && failure.message) {
    return { state: "failed", title: words.ends.refused, advice: failure.message }
  }
  return { state: "failed", ...words.ends.unreachable }
}
