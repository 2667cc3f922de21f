// The row of choices above the token lens: quantity, part, prompt, step, what it is compared with, and printed values.

import { element } from "../../bridge/js/elements.js"
import { fill } from "../../bridge/js/sentences.js"
import { against, nearestStep } from "./lens_choice.js"

// `onChoose` gets the fields that change. `shown` is what the server has answered.
export function controls({ choice, shown, data, numbered, onChoose, onNumbers }) {
  const row = element("div", "al-lens-bar")
  row.setAttribute("role", "toolbar")
  row.setAttribute("aria-label", data.words.choices)
  const { words } = data
  row.append(
    ...(shown.quantities.length > 0 ? [quantitySelect(shown, choice, data, onChoose)] : []),
    ...(shown.parts.length > 1 ? [partSelect(shown, words, onChoose)] : []),
    promptSelect(shown, words, onChoose),
    ...stepField(words.step, shown.steps, shown.step, (step) => onChoose({ step })),
    ...againstFields({ choice, shown, data, onChoose }),
    numbersButton(words, numbered, onNumbers),
  )
  return row
}

// The quantity that is shown: the one that was chosen, where there is one, else the first.
export function quantityOf(shown, choice) {
  return shown.quantities.includes(choice.show) ? choice.show : (shown.quantities[0] ?? "")
}

function quantitySelect(shown, choice, { words, quantities }, onChoose) {
  const options = shown.quantities.map((name) => [name, quantities[name].title])
  return select(words.quantity, options, quantityOf(shown, choice), (show) => onChoose({ show }))
}

function partSelect(shown, words, onChoose) {
  const options = shown.parts.map((part) => [part, words.parts[part]])
  return select(words.part, options, shown.part, (part) => onChoose({ part, prompt: null }))
}

// A prompt is written with its part: a rollout numbers its own.
function promptSelect(shown, words, onChoose) {
  const options = shown.prompts.map(([number, text]) => [String(number), `${number + 1} · ${text}`])
  return select(words.prompt, options, String(shown.prompt), (prompt) => onChoose({ part: shown.part, prompt }))
}

function againstFields({ choice, shown, data, onChoose }) {
  const { words, run } = data
  const own = shown.steps.length > 1 ? [{ id: "@", name: words.other_step, steps: shown.steps }] : []
  const sides = [...own, ...data.others]
  if (sides.length === 0) return []
  const compared = against(choice, run)
  const side = compared && sides.find(({ id }) => id === (compared.run === run ? "@" : compared.run))
  const options = [["", words.nothing], ...sides.map(({ id, name }) => [id, name])]
  const begin = (id) => onChoose({ against: firstAgainst(sides.find((other) => other.id === id), shown) })
  const field = select(words.against, options, side?.id ?? "", begin)
  if (!side) return [field]
  const pick = (at) => onChoose({ against: reference(side, at) })
  return [field, ...stepField(words.step, side.steps, Number(compared.step), pick)]
}

// Compared with another step, that is the first at first: what training began from. With another run, the same step.
function firstAgainst(side, shown) {
  if (!side) return null
  return reference(side, side.id === "@" ? side.steps[0] : nearestStep(side.steps, shown.step))
}

function reference(side, step) {
  return side.id === "@" ? `@${step}` : `${side.id}@${step}`
}

function select(title, options, value, onPick) {
  const label = element("label", "al-lens-field")
  const field = element("select")
  field.append(...options.map(([name, text]) => Object.assign(element("option", "", text), { value: name })))
  field.value = value
  field.addEventListener("change", () => onPick(field.value))
  label.append(element("span", "", title), field)
  return label
}

// A slider over the steps that there are; nothing where there is no choice.
function stepField(title, steps, step, onPick) {
  if (steps.length < 2) return []
  const label = element("label", "al-lens-field al-lens-steps")
  const slider = element("input")
  const output = element("output", "", String(step))
  const value = Math.max(0, steps.indexOf(step))
  Object.assign(slider, { type: "range", min: 0, max: steps.length - 1, step: 1, value })
  slider.setAttribute("aria-valuetext", String(step))
  slider.addEventListener("input", () => (output.textContent = String(steps[slider.value])))
  slider.addEventListener("change", () => onPick(String(steps[slider.value])))
  const name = element("span", "", title)
  name.append(" ", output)
  label.append(name, slider)
  return [label]
}

function numbersButton(words, numbered, onNumbers) {
  const button = element("button", "al-switch", words.numbers)
  button.setAttribute("aria-pressed", numbered)
  button.addEventListener("click", () => onNumbers(button))
  return button
}

// What is compared, in words: which is subtracted from which, or which stands beside which.
export function comparedWords(words, names, isDifference) {
  return fill(isDifference ? words.difference : words.beside, names)
}
