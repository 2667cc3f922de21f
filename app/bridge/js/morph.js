// Changes an element's children to those of another and keeps every node that can stay: a hovered row stays hovered, a
// focused link focused, a bar glides. The comparison is morphdom's; here stands what our markup needs beyond it.

import morphdom from "./vendor/morphdom.js"

const NEAR_END_PIXELS = 40

// Checkboxes are ticked as in `next`. A `data-follow` element that is new, or was at its end, is scrolled to its end.
export function morph(root, next) {
  const atEnd = new Set([...root.querySelectorAll("[data-follow]")].filter(isAtEnd))
  morphdom(root, next, { childrenOnly: true, onBeforeElUpdated: keepSeen })
  root.querySelectorAll("[data-follow]").forEach((node) => {
    if (atEnd.has(node) || !node.dataset.seen) node.scrollTop = node.scrollHeight
    node.dataset.seen = "yes"
  })
}

function isAtEnd(node) {
  return node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_END_PIXELS
}

// Fresh markup never has the mark that an element was seen, nor that a reader has opened a fold.
function keepSeen(present, next) {
  if (present.dataset?.seen) next.dataset.seen = present.dataset.seen
  if (present.open && present.tagName === "DETAILS" && present.textContent === next.textContent) next.open = true
  return true
}
