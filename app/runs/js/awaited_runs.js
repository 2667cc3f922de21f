// The runs whose end the reader asked to be told of, kept in the browser's storage: one entry a run, which the tab that
// tells of it takes away. Left out: asking how they stand (`end_watcher`).

const PREFIX = "alignlab.tell."

export class AwaitedRuns {
  // `locks`: the browser's, by which of several tabs only one takes a run; where it has none, all may.
  constructor(storage, locks = null) {
    Object.assign(this, { storage, locks })
  }

  get ids() {
    if (!this.storage) return []
    const keys = Array.from({ length: this.storage.length }, (_, index) => this.storage.key(index))
    return keys.filter((key) => key?.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length))
  }

  has(id) {
    return (this.storage?.getItem(PREFIX + id) ?? null) !== null
  }

  add(id) {
    this.storage?.setItem(PREFIX + id, "1")
  }

  remove(id) {
    this.storage?.removeItem(PREFIX + id)
  }

  // True for the one tab that gets it.
  async take(id) {
    const taken = () => {
      const was = this.has(id)
      this.remove(id)
      return was
    }
    return this.locks ? this.locks.request(PREFIX + id, taken) : taken()
  }
}
