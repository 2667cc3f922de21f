// What a reader takes away of a panel: every point of its curves as CSV, from the server, or a picture of it as drawn.

import { element } from "../../bridge/js/elements.js"

const PICTURES = ["png", "svg"]
const SIZE = { width: 960, height: 420 }
const SHARPNESS = { png: 2, svg: 1 } // pixels of the file for one of the picture

// A menu in the head of a panel. `colour` gives the theme's colours; `csv` is the address of the points, `tensorboard`
// that of all curves of the page's runs for TensorBoard.
export function downloads(panel, { csv, tensorboard }, words, colour) {
  const menu = element("details", "al-take")
  const button = element("summary", "", "⤓")
  button.setAttribute("aria-label", words.download)
  button.title = words.download
  const list = element("div", "al-take-menu")
  const table = element("a", "", words.csv)
  Object.assign(table, { href: csv, download: `${fileName(panel.title)}.csv` })
  const runs = element("a", "", words.tensorboard)
  Object.assign(runs, { href: tensorboard, download: "" })
  list.append(table, ...PICTURES.map((format) => picture(panel, format, colour)), runs)
  // Listeners, not on… attributes: from these a false would keep the browser from downloading, or from moving on.
  list.addEventListener("click", () => (menu.open = false))
  menu.addEventListener("keydown", ({ key }) => key === "Escape" && (menu.open = false))
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (!menu.contains(relatedTarget)) menu.open = false
  })
  menu.append(button, list)
  return menu
}

function picture(panel, format, colour) {
  const button = element("button", "", format.toUpperCase())
  button.onclick = () => {
    const { data, layout } = panel.plot
    const ground = { paper_bgcolor: colour("ground"), plot_bgcolor: colour("ground") }
    // A file stands alone: it says what it shows, which curve is which, and has a ground.
    const titled = { ...layout, ...ground, title: { text: panel.title }, showlegend: data.length > 1 }
    const margin = { l: 60, r: 20, t: 70, b: 50 }
    const figure = { data, layout: { ...titled, margin, legend: { orientation: "h", y: 1.02, yanchor: "bottom" } } }
    const options = { format, filename: fileName(panel.title), scale: SHARPNESS[format], ...SIZE }
    window.Plotly.downloadImage(figure, options)
  }
  return button
}

// A title as a name of a file that every system takes.
export function fileName(title) {
  return title.replace(/[\\/:*?"<>|\s]+/g, "-").replace(/^-|-$/g, "")
}
