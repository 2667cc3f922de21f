// The elements of one panel: title, value, help, plot and crosshair. `plotly_layout` says what it draws, `panels` when.

import { element } from "../../bridge/js/elements.js"

const HEIGHT = 210

// `drawn`: it has a curve to show. `near`: it is close to the screen; `sighted`: on it. `outdated`: what Plotly has is
// not what it should show. `plotted`: Plotly has it.
export function buildPanel(panel, words) {
  const box = element("section", panel.wide ? "al-panel al-wide" : "al-panel")
  box.hidden = true
  box.setAttribute("aria-label", panel.title)
  const plot = element("div", "al-plot")
  const value = element("span", "al-last")
  const values = element("div", "al-values")
  const resetAxes = element("button", "al-reset", words.whole)
  resetAxes.hidden = true
  const head = element("header")
  head.append(element("h3", "", panel.title), resetAxes, value, buildHelp(panel.help, words.reset))
  const hairline = element("div", "al-hair")
  const readout = element("div", "al-readout")
  const strip = element("div", "al-events")
  hairline.hidden = readout.hidden = strip.hidden = true
  box.append(head, values, plot, hairline, readout, strip)
  const states = { curves: [], legend: [], drawn: false, near: false, sighted: false, outdated: false, plotted: false }
  return { ...panel, ...states, box, head, plot, value, values, hairline, readout, strip, resetAxes }
}

function buildHelp(text, reset) {
  const help = element("span", "al-help", "?")
  help.tabIndex = 0
  help.dataset.help = `${text}\n${reset}`
  help.setAttribute("aria-label", text)
  return help
}

// Whether it is drawn now: whenever it is on the screen, and once ahead of that.
export function isSeen({ near, sighted, plotted }) {
  return sighted || (near && !plotted)
}

export function plotHeight(panel) {
  return panel.plot.clientHeight || HEIGHT
}
