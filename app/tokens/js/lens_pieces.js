// The text of a token as a reader sees it: line breaks and tabs have signs, and nothing is left unseen.

const OBEYED = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu
const UNSEEN = /^[\u00ad\u200b-\u200d\u2060]+$/

// `kind`: "special" for a sign of the template, "part" for a token that does not end its character, else "text".
export function visible(piece, special) {
  if (piece === "") return { text: "·", kind: "part" }
  if (special) return { text: piece, kind: "special" }
  return { text: withSigns(piece), kind: "text" }
}

// The same on one line, for the line that says what a token is worth.
export function inLine(piece) {
  return withSigns(piece).replaceAll("\n", "")
}

function withSigns(piece) {
  if (/^ +$/.test(piece)) return "␣".repeat(piece.length)
  if (UNSEEN.test(piece)) return [...piece].map(named).join("")
  return piece.replaceAll("\n", "⏎\n").replaceAll("\t", "⇥").replaceAll("\r", "␍").replace(OBEYED, named)
}

function named(sign) {
  return `⟨${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`
}

// How many tokens share the character that the token at `index` belongs to, and its place among them; null for one.
export function partOf(pieces, index) {
  let [first, last] = [index, index]
  while (first > 0 && pieces[first - 1] === "") first -= 1
  while (last < pieces.length - 1 && pieces[last] === "") last += 1
  const count = last - first + 1
  return count > 1 ? { place: index - first + 1, count, text: pieces[last] } : null
}
