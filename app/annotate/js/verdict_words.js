// A verdict and what goes with it, as a person says it.

import { fill } from "../../bridge/js/sentences.js"

const LETTERS = { L: "A", R: "B" }

export function letterOf(response) {
  return LETTERS[response.key] ?? response.key
}

// "A is much better".
export function verdictWords({ verdict, strength, ranking }, words) {
  if (verdict === "left" || verdict === "right") {
    return fill(strength === 2 ? words.much_better : words.better, { letter: verdict === "left" ? "A" : "B" })
  }
  if (verdict === "ranking" || ranking) return words.ranked
  return words.verdicts[verdict] ?? verdict
}

// "A: good", "B: edited", "⚑ harmful": what else is known of a verdict, save its comment.
export function remarks({ quality, edits, flag }, question, words) {
  const ofAnswers = question.responses.flatMap((response) => [
    quality?.[response.id] && `${letterOf(response)}: ${words.qualities[quality[response.id]]}`,
    edits?.[response.id] !== undefined && `${letterOf(response)}: ${words.edited}`,
  ])
  return [...ofAnswers, flag && `⚑ ${words.flags[flag] ?? flag}`].filter(Boolean)
}
