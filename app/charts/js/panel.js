// The elements of one panel: title, value, help, plot and crosshair. `plotly_layout` says what it draws, `panels` when.

import { element } from "./elements.js"

const HEIGHT = 210

// `section` has the heading and the grid that show as soon as one of their panels does.
export function buildPanel(panel, section, words) {
  const box = element("section", panel.wide ? "al-panel al-wide" : "al-panel")
  box.hidden = true
  box.setAttribute("aria-label", panel.title)
  const plot = element("div", "al-plot")
  const wholeButton = buildWholeButton(plot, words.whole)
  const value = element("span", "al-last")
  const head = element("header")
  head.append(element("h4", "", panel.title), wholeButton, value, buildHelp(panel.help, words.reset))
  const hairline = element("div", "al-hair")
  const readout = element("div", "al-readout")
  hairline.hidden = readout.hidden = true
  box.append(head, plot, hairline, readout)
  section.grid.append(box)
  const boxes = [section.heading, section.grid, box]
  return { ...panel, plot, value, hairline, readout, wholeButton, boxes, curves: [], drawn: false }
}

function buildWholeButton(plot, label) {
  const button = element("button", "al-whole", label)
  button.hidden = true
  button.onclick = () => window.Plotly.relayout(plot, { "xaxis.autorange": true, "yaxis.autorange": true })
  return button
}

function buildHelp(text, reset) {
  const help = element("span", "al-help", "?")
  help.tabIndex = 0
  help.dataset.help = `${text}\n${reset}`
  help.setAttribute("aria-label", text)
  return help
}

export function reveal(panel) {
  panel.boxes.forEach((node) => (node.hidden = false))
}

export function plotHeight(panel) {
  return panel.plot.clientHeight || HEIGHT
}

// The button that shows the whole curve stands there only while part of it is out of sight.
export function offerWholeCurve(panel) {
  panel.plot.on("plotly_relayout", () => {
    const { xaxis, yaxis } = panel.plot._fullLayout
    panel.wholeButton.hidden = xaxis.autorange && yaxis.autorange
  })
}
