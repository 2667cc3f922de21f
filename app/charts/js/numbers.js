// A value as a person reads it: three digits, a real minus sign, words for what is no number.

const WORDS = { nan: "NaN", inf: "∞", "-inf": "−∞" } // how values without a number travel in JSON

export function shown(value) {
  if (typeof value !== "number") return WORDS[value] ?? "–"
  return digits(value).replace(/^-/, "−").replace("e-", "e−")
}

function digits(value) {
  const size = Math.abs(value)
  if (size >= 1000 || Number.isInteger(value)) return Math.round(value).toLocaleString("en")
  return size < 1e-3 ? value.toExponential(1) : value.toPrecision(3)
}
