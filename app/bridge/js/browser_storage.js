// The browser's storages, which it may forbid us.

// The storage of this name, "localStorage" or "sessionStorage"; null where the browser forbids it.
export function browserStorage(name) {
  try {
    globalThis[name].getItem("")
    return globalThis[name]
  } catch {
    return null
  }
}
