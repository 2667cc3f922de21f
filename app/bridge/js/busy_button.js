// A button that answers a press at once, in words, and takes no second one until the page has come to rest.

const POLL_MS = 300
const RESTS = 3 // polls in a row at which the page is idle: it is so for a moment before its run begins

export default function mountBusyButton({ data }) {
  const listeners = new AbortController()
  // before Streamlit's own listener, which stands further inside
  document.addEventListener("click", (event) => press(event, data), { capture: true, signal: listeners.signal })
  return () => listeners.abort()
}

function press(event, { name, words }) {
  const button = event.target.closest?.(`.st-key-${name} button`)
  if (!button || button.disabled) return
  if (button.dataset.busy) {
    event.stopPropagation()
    event.preventDefault()
    return
  }
  button.dataset.busy = words
  button.ariaBusy = "true"
  releaseAtRest(button)
}

function releaseAtRest(button, rests = 0) {
  if (!button.isConnected) return
  if (rests === RESTS) {
    delete button.dataset.busy
    button.ariaBusy = null
    return
  }
  const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState ?? "notRunning"
  setTimeout(() => releaseAtRest(button, state === "notRunning" ? rests + 1 : 0), POLL_MS)
}
