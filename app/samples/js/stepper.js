// The evaluation that is looked at: a slider over the steps, with a button on either side.

import { element } from "../../bridge/js/elements.js"
import { fill } from "../../bridge/js/sentences.js"

export class Stepper {
  // `onStep` gets the chosen step, or null for the newest, whichever that will be.
  constructor(words, onStep) {
    Object.assign(this, { words, onStep, steps: [] })
    this.row = element("div", "al-stepper")
    this.back = this.#button("‹", words.previous, -1)
    this.next = this.#button("›", words.next, 1)
    this.slider = Object.assign(element("input"), { type: "range", min: 0, step: 1 })
    this.slider.setAttribute("aria-label", words.step)
    this.slider.addEventListener("input", () => this.#choose(Number(this.slider.value)))
    this.label = element("output", "")
    this.row.append(this.back, this.slider, this.next, this.label)
  }

  // `words` say where the step stands among all.
  show(steps, step, words) {
    this.steps = steps
    const index = steps.indexOf(step)
    this.slider.max = Math.max(0, steps.length - 1)
    this.slider.value = index
    this.back.disabled = index <= 0
    this.next.disabled = index >= steps.length - 1
    const sentence = fill(words, { step, number: index + 1, count: steps.length })
    this.label.textContent = sentence
    this.slider.setAttribute("aria-valuetext", sentence)
    this.slider.hidden = this.back.hidden = this.next.hidden = steps.length < 2
  }

  #button(sign, title, way) {
    const button = element("button", "al-act", sign)
    button.title = title
    button.setAttribute("aria-label", title)
    button.addEventListener("click", () => this.#choose(Number(this.slider.value) + way))
    return button
  }

  #choose(index) {
    this.onStep(index === this.steps.length - 1 ? null : this.steps[index])
  }
}
