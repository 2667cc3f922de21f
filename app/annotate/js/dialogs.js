// What lies over a task while the person asks for it: keys and guidelines, the own last verdicts, refused votes.

import { element } from "../../bridge/js/elements.js"
import { blockTree, lastQuestion, rawText } from "./blocks.js"
import { fill } from "../../bridge/js/sentences.js"
import { remarks, verdictWords } from "./verdict_words.js"

const EXCERPT = 90

// Shows `content` over the task until Escape, its cross, or a press beside it.
export function openDialog(root, title, content, words) {
  root.querySelector("dialog")?.remove()
  const dialog = element("dialog", "al-dialog")
  const close = element("button", "al-act", "✕")
  close.setAttribute("aria-label", words.close)
  close.onclick = () => dialog.close()
  const head = element("header", "al-dialog-head")
  head.append(element("h2", "", title), close)
  dialog.append(head, ...content)
  // A listener, not onclick: from that a false would keep links and folds inside from doing what they do.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close())
  dialog.onclose = () => dialog.remove()
  root.append(dialog)
  dialog.showModal()
  return dialog
}

export function helpContent(round, { ranking, words }) {
  const keys = element("dl", "al-help-keys")
  for (const [key, meaning] of helpRows(round, ranking, words.help)) {
    const term = element("dt")
    term.append(...key.split(" ").map((part) => element("kbd", "", part)))
    keys.append(term, element("dd", "", meaning))
  }
  return [...guideline(round, words), element("h3", "al-help-title", words.keys_title), keys]
}

function helpRows(round, ranking, help) {
  const rows = ranking ? [...help.ranking] : [...help.pairs]
  if (round.criteria.length && !ranking) rows.push(help.criteria)
  if (round.ask_quality) rows.push(help.quality)
  return [...rows, ...help.both]
}

function guideline({ guideline: text, guideline_version: version, guideline_blocks: blocks }, words) {
  const title = version ? fill(words.guideline_version, { version }) : words.guidelines
  return [element("h3", "", title), blocks?.length ? blockTree(blocks) : rawText(text || words.no_guidelines)]
}

// The last verdicts, the newest first; a press on one opens its question again.
export function historyContent(entries, words, onChoose) {
  if (entries.length === 0) return [element("p", "al-soft", words.no_history)]
  const list = element("ol", "al-history")
  for (const entry of entries.toReversed()) {
    const item = list.appendChild(element("li"))
    const button = item.appendChild(element("button", "al-history-entry"))
    button.append(...entryParts(entry, entry.question, words))
    button.onclick = () => onChoose(entry)
  }
  return [element("p", "al-soft", words.history_hint), list]
}

export function refusedContent(entries, words, { again, dismiss }) {
  const list = element("ol", "al-history")
  for (const entry of entries) {
    const item = list.appendChild(element("li", "al-refused"))
    const parts = element("div", "al-history-entry")
    parts.append(...entryParts(entry.vote, entry.question, words))
    item.append(parts, element("p", "al-bad", entry.sentence ?? ""))
    item.append(...refusedButtons(entry, words, { again, dismiss }))
  }
  return [element("p", "al-soft", words.refused_hint), list]
}

// The question, the verdict, and under them what else was said.
function entryParts(vote, question, words) {
  const prompt = element("span", "al-history-prompt", excerpt(question))
  prompt.dir = "auto"
  const more = [...remarks(vote, question, words), vote.comment && `✎ ${vote.comment}`].filter(Boolean)
  const note = more.length ? [element("small", "", more.join(" · "))] : []
  return [prompt, element("b", "", verdictWords(vote, words)), ...note]
}

function refusedButtons(entry, words, { again, dismiss }) {
  const text = `${excerpt(entry.question)} · ${verdictWords(entry.vote, words)}`
  const whole = [text, entry.vote.comment, ...Object.values(entry.vote.edits)].filter(Boolean).join("\n\n")
  const copy = element("button", "al-toggle", words.copy)
  copy.onclick = () => navigator.clipboard?.writeText(whole)
  const redo = element("button", "al-toggle", words.judge_again)
  redo.onclick = () => again(entry)
  const drop = element("button", "al-toggle", words.dismiss)
  drop.onclick = () => dismiss(entry)
  return [copy, redo, drop]
}

export function excerpt({ prompt }) {
  const text = String(prompt[lastQuestion(prompt)]?.content ?? "").replace(/\s+/g, " ")
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text
}
