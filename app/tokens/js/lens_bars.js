// A small chart of the values under a response: one bar a token, up or down from the neutral value.

import { share } from "./lens_values.js"

const NAMESPACE = "http://www.w3.org/2000/svg"
const WIDTH = 12
const HEIGHT = 44
const GAP = 2

// The chart, which tells on which bar a pointer is, and a way to mark one.
export function bars(values, quantity, reached, onPoint) {
  const zero = quantity.scale === "positive" ? HEIGHT : HEIGHT / 2
  const node = svg("svg", { class: "al-lens-bars", viewBox: `0 0 ${WIDTH * Math.max(1, values.length)} ${HEIGHT}` })
  node.setAttribute("preserveAspectRatio", "none")
  node.setAttribute("aria-hidden", "true")
  node.style.width = `${WIDTH * values.length}px`
  const rects = values.map((value, index) => bar(share(value, quantity, reached), index, zero))
  node.append(svg("line", { x1: 0, x2: WIDTH * values.length, y1: zero, y2: zero }), ...rects)
  const follow = ({ clientX }) => {
    const { left, width } = node.getBoundingClientRect()
    onPoint(Math.floor(((clientX - left) / width) * values.length))
  }
  node.addEventListener("pointermove", follow)
  node.addEventListener("click", follow)
  return { node, mark: (index, on) => rects[index].classList.toggle("al-lens-marked", on) }
}

function bar(side, index, zero) {
  const height = Math.max(0.6, Math.abs(side ?? 0) * zero * (zero === HEIGHT ? 1 : 0.98))
  const looks = side === null ? "al-lens-none" : side < 0 ? "al-lens-down" : "al-lens-up"
  const y = side !== null && side < 0 ? zero : zero - height
  return svg("rect", { class: looks, x: index * WIDTH + GAP / 2, width: WIDTH - GAP, y, height })
}

function svg(tag, attributes) {
  const node = document.createElementNS(NAMESPACE, tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  return node
}
