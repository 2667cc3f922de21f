// The stroke that stands for a run beside its name and its values.

const DASHES = { dash: "6 3", dot: "2 3", dashdot: "6 3 2 3", longdash: "10 3", longdashdot: "9 3 2 3" }

// A piece of a run's line, as it is drawn in the panels. Colour and dash are words of the theme.
export function stroke({ colour, dash }) {
  const style = `stroke:var(--al-${colour});stroke-dasharray:${DASHES[dash] ?? "none"}`
  const path = `<path d="M0 4H24" style="${style}"/>`
  const holder = document.createElement("template")
  holder.innerHTML = `<svg class="al-stroke" viewBox="0 0 24 8" aria-hidden="true">${path}</svg>`
  return holder.content.firstChild
}
