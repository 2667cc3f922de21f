// Remembers a choice in the browser, and says it again where the address says nothing.

import { browserStorage } from "./browser_storage.js"

const PREFIX = "alignlab.choice "

export default function remember({ data, setTriggerValue }) {
  const kept = recall(data.name, data.value, browserStorage("localStorage"))
  if (kept !== null) setTriggerValue("recalled", kept)
}

// What was remembered under the name, where there is no value now; a value is remembered.
export function recall(name, value, storage) {
  try {
    if (value === null) return storage?.getItem(PREFIX + name) ?? null
    storage?.setItem(PREFIX + name, value)
  } catch {
    return null // a full or forbidden storage
  }
  return null
}
