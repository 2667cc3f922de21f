// What stands around the responses of the token lens: the prompt, the scale of the colours, and the numbers of a token.

import { promptBlock } from "../../bridge/js/asked.js"
import { element } from "../../bridge/js/elements.js"
import { fill } from "../../bridge/js/sentences.js"
import { inLine, partOf } from "./lens_pieces.js"
import { ofDifference, printed } from "./lens_values.js"

// The prompt; a long question scrolls.
export function promptBox(asked, words) {
  const box = promptBlock(asked, words)
  box.classList.add("al-lens-prompt")
  box.lastChild.tabIndex = 0
  return box
}

// The colours from one end to the other with their numbers, how the quantity is read, and the margin of a pair.
export function legend(quantity, reached, margin, words) {
  const line = element("div", "al-lens-legend")
  if (quantity.scale === "flag") line.append(element("span", "al-soft", "▼ − · ▲ +"))
  else line.append(...scaleOf(quantity, reached))
  const help = element("span", "al-help", "?")
  help.tabIndex = 0
  help.dataset.help = quantity.help
  help.setAttribute("role", "note")
  help.setAttribute("aria-label", quantity.help)
  line.append(element("b", "", quantity.title), help)
  if (margin !== null) line.append(element("span", "al-lens-margin", marginWords(margin, quantity, words)))
  return line
}

function marginWords(margin, quantity, words) {
  return fill(words.margin, { value: printed(margin, ofDifference(quantity)) })
}

function scaleOf(quantity, reached) {
  const values = [quantity.neutral - reached, quantity.neutral, quantity.neutral + reached]
  const ends = values.map((value) => printed(value, quantity))
  const isPositive = quantity.scale === "positive"
  const ramp = element("i", isPositive ? "al-lens-ramp al-lens-half" : "al-lens-ramp")
  const numbers = isPositive ? [ends[1], ramp, ends[2]] : [`≤ ${ends[0]}`, ramp, `≥ ${ends[2]}`]
  return numbers.map((part) => (typeof part === "string" ? element("span", "al-soft", part) : part))
}

// The line that says what one token is worth in every quantity.
export function readout(data, isDifference) {
  const node = element("p", "al-lens-readout")
  node.setAttribute("aria-live", "off")
  return { node, say: (row, index) => node.replaceChildren(...factsOf(row, index, data, isDifference)) }
}

function factsOf({ row }, index, data, isDifference) {
  const { words, quantities } = data
  const part = partOf(row.pieces, index)
  const text = element("b", "al-lens-quote", `“${inLine(part?.text ?? row.pieces[index] ?? "")}”`)
  const facts = { place: index + 1, count: row.ids.length, id: row.ids[index] }
  const where = row.ids[index] < 0 ? fill(words.place, facts) : fill(words.place_id, facts)
  const shared = part ? [element("span", "al-soft", fill(words.partial, part))] : []
  const numbers = Object.entries(row.values).map(([name, values]) => {
    const entry = element("span", "", `${quantities[name].title} `)
    const quantity = isDifference ? ofDifference(quantities[name]) : quantities[name]
    entry.append(element("b", "", printed(values[index], quantity)))
    return entry
  })
  return [text, element("span", "al-soft", where), ...shared, ...numbers]
}
