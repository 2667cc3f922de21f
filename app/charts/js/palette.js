// The theme's colours as Plotly needs them: plain values, which the browser computes from the theme's variables.

import { element } from "../../bridge/js/elements.js"

export class Palette {
  constructor(root) {
    this.root = root
    this.scheme = null
    this.colours = {}
  }

  // True if the theme has changed since `renew`.
  get outdated() {
    return this.#currentScheme() !== this.scheme
  }

  renew() {
    if (!this.outdated) return
    this.scheme = this.#currentScheme()
    this.colours = {}
  }

  colour(name) {
    if (!(name in this.colours)) {
      const probe = this.root.appendChild(element("i"))
      probe.style.color = `var(--al-${name})`
      this.colours[name] = getComputedStyle(probe).color
      probe.remove()
    }
    return this.colours[name]
  }

  #currentScheme() {
    const style = getComputedStyle(this.root)
    return style.colorScheme + style.color
  }
}
