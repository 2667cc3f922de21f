// A section of panels: a heading that folds it, and the grid of its panels. Which are shown: those that have a curve
// and whose title holds what is looked for.

import { element } from "./elements.js"

export class Section {
  constructor(title, view) {
    Object.assign(this, { title, view, panels: [] })
    this.grid = element("div", "al-grid")
    this.heading = element("h3", "al-section")
    if (title) this.heading.append(this.#fold())
    this.show("")
  }

  show(wanted) {
    const found = this.panels.filter((panel) => panel.drawn && panel.title.toLowerCase().includes(wanted))
    // What is looked for is shown, also in a section that is folded.
    const open = wanted !== "" || !this.view.folded.includes(this.title)
    this.panels.forEach((panel) => (panel.box.hidden = !found.includes(panel)))
    this.heading.hidden = found.length === 0
    this.grid.hidden = found.length === 0 || !open
    this.heading.firstChild?.setAttribute("aria-expanded", open)
    return open ? found : []
  }

  #fold() {
    const button = element("button", "al-fold", this.title)
    button.onclick = () => {
      this.view.toggle("folded", this.title)
      this.onFold?.()
    }
    return button
  }
}
