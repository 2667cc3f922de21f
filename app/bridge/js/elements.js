// An element of the page: a tag with its class and text.

export function element(tag, name = "", text = "") {
  const node = document.createElement(tag)
  if (tag === "button") node.type = "button"
  if (name) node.className = name
  node.textContent = text
  return node
}
