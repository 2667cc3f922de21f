// How the rewards of a step are spread: a bar a bin, and a press on it leaves only its answers in the list.

import { element } from "../../bridge/js/elements.js"
import { fill } from "../../bridge/js/sentences.js"
import { shown } from "../../charts/js/numbers.js"
import { chosenBins } from "./sample_view.js"

// `onBins` gets the first and the last bin that are chosen, or null.
export function histogram({ edges, counts, median }, bins, words, onBins) {
  const figure = element("figure", "al-rewards")
  const count = counts.reduce((sum, each) => sum + each, 0)
  const caption = element("figcaption", "", fill(words.histogram, { count, median: shown(median) }))
  const row = element("div", "al-rewards-bins")
  const most = Math.max(1, ...counts)
  row.append(...counts.map((number, bin) => binButton(bin, number / most, { edges, counts, bins, words, onBins })))
  const scale = element("div", "al-rewards-scale")
  scale.append(element("span", "", shown(edges[0])), element("span", "", shown(edges[edges.length - 1])))
  figure.append(caption, row, scale)
  return figure
}

function binButton(bin, share, { edges, counts, bins, words, onBins }) {
  const button = element("button", "al-rewards-bin")
  const chosen = bins !== null && bins[0] <= bin && bin <= bins[1]
  const sentence = fill(words.bin, { low: shown(edges[bin]), high: shown(edges[bin + 1]), count: counts[bin] })
  button.title = sentence
  button.disabled = counts[bin] === 0 && !chosen
  button.setAttribute("aria-label", sentence)
  button.setAttribute("aria-pressed", chosen)
  button.append(element("i"))
  button.firstChild.style.height = `${counts[bin] ? Math.max(3, share * 100) : 0}%`
  button.addEventListener("click", ({ shiftKey }) => onBins(chosenBins(bins, bin, shiftKey)))
  return button
}
