// Mounts a judging task in a page and gives it the keyboard. The page may be drawn again at any time, as after a
// restart of the server: the task then moves to its new place with everything that lies before the person.

import { isTyping, keyAction, writingAction } from "./keys.js"
import { Task } from "./task.js"

const tasks = new Map() // by scope
let unmount = null // of what is mounted now: Streamlit does not call it before it mounts with other data

export default function mountTask({ data, parentElement }) {
  unmount?.()
  const root = parentElement.querySelector(".al-annotate")
  const task = taskFor(root, data)
  if (task.root !== root) root.replaceWith(task.root)
  const keys = new AbortController()
  // Before the page's own shortcuts: Streamlit has some on C and R.
  window.addEventListener("keydown", (event) => takeKey(task, event), { signal: keys.signal, capture: true })
  const dialogs = new MutationObserver(closeForeignDialog)
  dialogs.observe(document.body, { childList: true })
  closeForeignDialog()
  task.start()
  const own = () => {
    if (unmount !== own) return // another mount has taken over
    unmount = null
    keys.abort()
    dialogs.disconnect()
    task.stop()
  }
  unmount = own
  return own
}

function taskFor(root, data) {
  const language = JSON.stringify(data.words)
  const known = tasks.get(data.scope)
  if (known?.language === language) return known.task
  known?.task.stop()
  const task = new Task(root, data)
  tasks.set(data.scope, { task, language })
  return task
}

function takeKey(task, event) {
  if (task.root.querySelector("dialog[open]") || isElsewhere(task.root, event)) return
  const action = isTyping(event) ? writingAction(event) : keyAction(event)
  if (!action || !task.act(action)) return
  event.preventDefault()
  event.stopImmediatePropagation()
}

// A field, a menu or a dialog of the page around has its keys for itself.
function isElsewhere(root, event) {
  const { target } = event
  if (root.contains(target)) return false
  return isTyping(event) || Boolean(target.closest?.("dialog, [role='dialog'], [role='menu'], [role='listbox']"))
}

// Streamlit covers a page whose server is away with a dialog of its own. A task goes on without its server, and says
// itself what is not saved; the style sheet hides the dialog until it is closed.
function closeForeignDialog() {
  document.querySelector("[data-testid='stDialog'] [role='dialog'] > button")?.click()
}
