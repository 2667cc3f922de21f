// A prompt as our server sends it ({earlier, question}: turns with their speakers), set as text, never as markup.

import { element } from "./elements.js"
import { fill } from "./sentences.js"

// Its last question in at most a few lines, the turns before it folded.
export function promptBlock(prompt, words) {
  const block = element("div", "al-asked")
  if (prompt.earlier.length) {
    const details = element("details", "al-earlier")
    const title = fill(words.earlier, { count: prompt.earlier.length })
    details.append(element("summary", "", title), ...prompt.earlier.map(turn))
    block.append(details)
  }
  const question = element("div", "al-asked-last")
  question.append(...prompt.question.map(turn))
  block.append(question)
  return block
}

function turn({ role, text: said }) {
  const block = element("div", "al-turn")
  if (role) block.append(element("span", "al-role", role))
  block.append(raw(said))
  return block
}

// Text of a model or a person as it was written.
export function raw(content) {
  const body = element("div", "al-raw", content)
  body.dir = "auto"
  return body
}

export const questionOf = (prompt) => prompt.question.map(({ text: said }) => said).join(" ")
