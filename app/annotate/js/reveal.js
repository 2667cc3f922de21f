// A norming round after its blind part: who said what, beside one's own verdict.

import { element } from "../../charts/js/elements.js"
import { fill } from "./pace.js"

// Nothing for a question that is still blind.
export function revealNote(question, words) {
  if (question.phase !== "reveal") return []
  const note = element("section", "al-reveal")
  const rows = (question.verdicts ?? []).map((verdict) => verdictRow(verdict, words))
  const list = element("ul", "al-reveal-list")
  list.append(...rows)
  note.append(element("h3", "", words.revealed), list, element("p", "al-soft", words.revealed_hint))
  return [note]
}

function verdictRow(verdict, words) {
  const row = element("li", verdict.mine ? "al-reveal-mine" : "")
  const name = element("bdi", "", verdict.mine ? words.you : (verdict.name ?? verdict.account ?? ""))
  row.append(name, element("b", "", verdictWords(verdict, words)))
  if (verdict.comment) row.append(element("q", "", verdict.comment))
  return row
}

// A verdict as a person says it: "A is much better".
export function verdictWords({ verdict, strength, ranking }, words) {
  if (verdict === "left" || verdict === "right") {
    return fill(strength === 2 ? words.much_better : words.better, { letter: verdict === "left" ? "A" : "B" })
  }
  if (verdict === "ranking" || ranking) return words.ranked
  return words.verdicts[verdict] ?? verdict
}
