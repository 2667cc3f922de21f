// Texts of people and models as elements: raw as written, or the server's tree of Markdown blocks. Everything is made
// of elements and text nodes, so nothing in a text can become markup or a script.

import { element } from "../../bridge/js/elements.js"

const TAGS = new Set(
  "p strong em s code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 br hr table thead tbody tr th td".split(" "),
)
const THINKING = /^\s*<think>([\s\S]*?)<\/think>\s*/

// Where the question that is answered stands in a prompt: at its last turn of a user, else at its last turn.
export function lastQuestion(prompt) {
  const index = prompt.findLastIndex(({ role }) => role === "user")
  return index < 0 ? Math.max(0, prompt.length - 1) : index
}

export function rawText(text) {
  const node = element("div", "al-raw", text)
  node.dir = "auto"
  return node
}

// One answer: its thinking folded, then its text in the view that the reader has chosen.
export function answerText(response, { markdown, words }) {
  const { thinking, text } = splitThinking(response)
  const nodes = thinking ? [foldedThinking(thinking, words)] : []
  if (!text.trim()) return [...nodes, element("p", "al-soft", words.empty_answer)]
  // The tree of a text that still holds its thinking would show that twice.
  const tree = markdown && text === response.text ? response.blocks : null
  return [...nodes, tree ? blockTree(tree) : rawText(text)]
}

export function splitThinking({ text, thinking = null }) {
  if (thinking) return { thinking, text }
  const match = THINKING.exec(text)
  return match ? { thinking: match[1].trim(), text: text.slice(match[0].length) } : { thinking: null, text }
}

function foldedThinking(thinking, words) {
  const folded = element("details", "al-thinking")
  folded.append(element("summary", "", words.thinking), rawText(thinking))
  return folded
}

export function blockTree(blocks) {
  const root = element("div", "al-markdown")
  root.dir = "auto"
  root.append(...blocks.map(blockNode))
  return root
}

// A tag that we do not know becomes a plain group of its content.
function blockNode(block) {
  if (typeof block === "string") return document.createTextNode(block)
  if (!block.tag || block.tag === "text") return document.createTextNode(block.text ?? "")
  const node = document.createElement(TAGS.has(block.tag) ? block.tag : "span")
  if (/^(?:p|li|h\d|blockquote|td|th)$/.test(block.tag)) node.dir = "auto"
  if (block.text) node.append(block.text)
  node.append(...(block.children ?? []).map(blockNode))
  return node
}
