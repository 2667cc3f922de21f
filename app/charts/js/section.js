// A section of panels: a heading that folds it, and the grid of its panels. Which are shown: those that have a curve
// and whose title holds what is looked for.

import { element } from "../../bridge/js/elements.js"

export class Section {
  // One without a title has a heading that is only read aloud, `spoken`: those of the panels are a level below.
  constructor(title, view, spoken) {
    Object.assign(this, { title, view, panels: [] })
    this.grid = element("div", "al-grid")
    this.heading = title ? element("h2", "al-section") : element("h2", "al-spoken", spoken)
    if (title) this.heading.append(this.#fold())
    this.show([], false)
  }

  // The panels that have a curve and whose title holds what is looked for, in small letters.
  matching(wanted) {
    return this.panels.filter((panel) => panel.drawn && panel.title.toLowerCase().includes(wanted))
  }

  // Shows these of its panels. What is looked for is shown in a section that is folded, too.
  show(panels, isSearch) {
    const open = isSearch || !this.view.folded.includes(this.title)
    this.panels.forEach((panel) => (panel.box.hidden = !panels.includes(panel)))
    this.heading.hidden = panels.length === 0
    this.grid.hidden = panels.length === 0 || !open
    this.heading.firstElementChild?.setAttribute("aria-expanded", open)
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
