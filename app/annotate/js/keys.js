// Which key asks for what. Digits count by their place on the keyboard, so that Shift and other layouts change nothing;
// letters by what they write, else by their place. Left out: what an action does (`task`).

const TYPING = "input, textarea, select, [contenteditable]:not([contenteditable='false'])"
const LETTERS = {
  b: "bothBad", s: "skip", f: "flag", u: "undo", e: "edit", n: "comment", m: "markdown", h: "history",
}
const NAMED = { ArrowLeft: 1, ArrowRight: 2 }
const SIGNS = { "?": "help", Enter: "enter", Escape: "escape", Backspace: "back", "=": "tied" }
export const CRITERION_KEYS = "qwrtyp"
export const QUALITY_KEYS = { g: "good", k: "ok", x: "bad" }

// The action of a key press, or null for a key that is none of ours: one that is held down, has a modifier, belongs to
// an input method, or goes into a field.
export function keyAction(event) {
  if (event.repeat || modified(event) || composing(event) || isTyping(event) || pressesButton(event)) return null
  return digitAction(event) ?? signAction(event) ?? letterAction(event)
}

function modified(event) {
  return event.ctrlKey || event.metaKey || event.altKey
}

function pressesButton(event) {
  return (event.key === " " || event.key === "Enter") && Boolean(event.target?.closest?.("button, summary, a"))
}

// Inside a field: only what ends the writing.
export function writingAction(event) {
  if (composing(event)) return null
  if (event.key === "Escape") return { name: "escape" }
  return event.key === "Enter" && (event.ctrlKey || event.metaKey) ? { name: "save" } : null
}

export function isTyping(event) {
  return Boolean(event.target?.closest?.(TYPING))
}

function composing(event) {
  return Boolean(event.isComposing) || event.keyCode === 229 || event.key === "Process"
}

function digitAction(event) {
  const digit = NAMED[event.code] ?? /^(?:Digit|Numpad)([0-8])$/.exec(event.code ?? "")?.[1]
  return digit === undefined ? null : { name: "digit", digit: Number(digit), much: Boolean(event.shiftKey) }
}

function signAction(event) {
  return SIGNS[event.key] ? { name: SIGNS[event.key] } : null
}

function letterAction(event) {
  const letter = letterOf(event)
  if (LETTERS[letter]) return { name: LETTERS[letter] }
  if (QUALITY_KEYS[letter]) return { name: "quality", quality: QUALITY_KEYS[letter] }
  const criterion = letter ? CRITERION_KEYS.indexOf(letter) : -1
  return criterion < 0 ? null : { name: "criterion", index: criterion }
}

function letterOf(event) {
  if (/^[a-z]$/i.test(event.key ?? "")) return event.key.toLowerCase()
  const elsewhere = /^Key([A-Z])$/.exec(event.code ?? "")
  return elsewhere && !/^[!-~]$/.test(event.key ?? "") ? elsewhere[1].toLowerCase() : ""
}
