// What lies over a task while the person asks for it: keys and guidelines, the own last verdicts, refused votes.

import { element } from "../../charts/js/elements.js"
import { rawText, blockTree } from "./blocks.js"
import { fill } from "./pace.js"
import { verdictWords } from "./reveal.js"

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
  dialog.onclick = (event) => event.target === dialog && dialog.close()
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
    const prompt = element("span", "al-history-prompt", excerpt(entry.question))
    button.append(prompt, element("b", "", verdictWords(entry, words)))
    button.onclick = () => onChoose(entry)
  }
  return [element("p", "al-soft", words.history_hint), list]
}

export function refusedContent(entries, words, { again, dismiss }) {
  const list = element("ol", "al-history")
  for (const entry of entries) {
    const item = list.appendChild(element("li", "al-refused"))
    const text = `${excerpt(entry.question)} · ${verdictWords(entry.vote, words)}`
    item.append(element("span", "", text), element("p", "al-bad", entry.sentence ?? ""))
    item.append(...refusedButtons(entry, text, words, { again, dismiss }))
  }
  return [element("p", "al-soft", words.refused_hint), list]
}

function refusedButtons(entry, text, words, { again, dismiss }) {
  const whole = [text, entry.vote.comment, ...Object.values(entry.vote.edits)].filter(Boolean).join("\n\n")
  const copy = element("button", "al-toggle", words.copy)
  copy.onclick = () => navigator.clipboard?.writeText(whole)
  const redo = element("button", "al-toggle", words.judge_again)
  redo.onclick = () => again(entry)
  const drop = element("button", "al-toggle", words.dismiss)
  drop.onclick = () => dismiss(entry)
  return [copy, redo, drop]
}

export function excerpt(question) {
  const text = String(question.prompt.at(-1)?.content ?? "").replace(/\s+/g, " ")
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text
}
