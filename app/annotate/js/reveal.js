// A norming round after its blind part: who said what, beside one's own verdict.

import { element } from "../../bridge/js/elements.js"
import { remarks, verdictWords } from "./verdict_words.js"

// Nothing for a question that is still blind.
export function revealNote(question, words) {
  if (question.phase !== "reveal") return []
  const note = element("section", "al-reveal")
  const rows = (question.verdicts ?? []).map((verdict) => verdictRow(verdict, question, words))
  const list = element("ul", "al-reveal-list")
  list.append(...rows)
  note.append(element("h3", "", words.revealed), list, element("p", "al-soft", words.revealed_hint))
  return [note]
}

// The marks of others are not known here.
function verdictRow(verdict, question, words) {
  const row = element("li", verdict.mine ? "al-reveal-mine" : "")
  const name = element("bdi", "", verdict.mine ? words.you : (verdict.name ?? verdict.account ?? ""))
  row.append(name, element("b", "", verdictWords(verdict, words)))
  row.append(...remarks(verdict, question, words).map((remark) => element("span", "al-soft", remark)))
  if (verdict.comment) row.append(element("q", "", verdict.comment))
  return row
}
