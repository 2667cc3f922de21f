// What the token lens makes of numbers: how far a scale reaches, where a value lies on it, how two responses differ.

import { shown } from "../../charts/js/numbers.js"

const REACHED = 0.98 // the share of all values that a scale covers, so that one outlier does not pale all others
const LEAST = 1e-9
const NEAR_DIGITS = 4 // after the point, of a value that starts from 1: 0.9996 and 1.0004 differ
const FLAGS = { 1: "▲", "-1": "▼", 0: "–" }

// The distance from `neutral` that gets the full colour, over all these responses.
export function reach(rows, { name, neutral }) {
  const values = rows.flatMap((row) => row.values[name] ?? []).filter((value) => value !== null)
  const sizes = values.map((value) => Math.abs(value - neutral)).toSorted((left, right) => left - right)
  return sizes.length > 0 ? Math.max(LEAST, sizes[Math.ceil(REACHED * sizes.length) - 1]) : 1
}

// Where a value lies between -1 and 1; null for none.
export function share(value, { neutral }, reached) {
  return value === null ? null : Math.max(-1, Math.min(1, (value - neutral) / reached))
}

export function sameTokens(left, right) {
  return left.ids.length === right.ids.length && left.ids.every((id, index) => id >= 0 && id === right.ids[index])
}

// The response with each value minus that of the other, in the quantities that both have.
export function difference(left, right) {
  const names = Object.keys(left.values).filter((name) => name in right.values)
  const apart = (key) => Object.fromEntries(names.map((name) => [name, minus(left[key][name], right[key][name])]))
  const values = names.map((name) => [name, left.values[name].map((value, at) => minus(value, right.values[name][at]))])
  return { ...left, values: Object.fromEntries(values), totals: apart("totals"), means: apart("means") }
}

function minus(first, second) {
  return first === null || second === null ? null : first - second
}

// How a difference of a quantity is shown: around 0, whatever the quantity itself starts from.
export function ofDifference(quantity) {
  return { ...quantity, neutral: 0, scale: "diverging" }
}

// A value of a quantity as a person reads it: with its sign where both sides mean something.
export function printed(value, { scale, neutral }) {
  if (scale === "flag") return FLAGS[value] ?? "–"
  if (typeof value === "number" && neutral !== 0) return value.toFixed(NEAR_DIGITS)
  return scale === "diverging" && value > 0 ? `+${shown(value)}` : shown(value)
}

// The token whose value is farthest from neutral: where a reader looks first.
export function farthest(values, neutral) {
  const sizes = values.map((value) => (value === null ? -1 : Math.abs(value - neutral)))
  return Math.max(0, sizes.indexOf(Math.max(...sizes)))
}
