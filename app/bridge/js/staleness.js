// What a live element says while its server does not answer: since when it is out of date. The style sheet shows it.

import { fill } from "./sentences.js"
import { clock } from "./times.js"

export const WAIT_AFTER_FAILURE_MS = 3000

// The time of the first failure stays until `markFresh`.
export function markStale(root, sentence, language, now = new Date()) {
  if (root.hasAttribute("data-behind")) return
  root.setAttribute("data-behind", fill(sentence, { time: clock(now, language) }))
}

export function markFresh(root) {
  root.removeAttribute("data-behind")
}
