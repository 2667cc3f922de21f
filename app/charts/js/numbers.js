// A value as a person reads it: three digits, a real minus sign, words for what is no number.

const WORDS = { nan: "NaN", inf: "∞", "-inf": "−∞" } // how values without a number travel in JSON

export function shown(value) {
  if (typeof value !== "number") return WORDS[value] ?? "–"
  return digits(value).replace(/^-/, "−").replace("e-", "e−")
}

function digits(value) {
  const size = Math.abs(Number(value.toPrecision(3))) // rounded first: 999.9 has no decimals either
  if (size >= 1000 || Number.isInteger(value)) return Math.round(value).toLocaleString("en")
  return size < 1e-3 ? value.toExponential(2) : value.toPrecision(3)
}
