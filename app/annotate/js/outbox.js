// Votes that no receipt has come for yet. Each has an entry of its own in the browser's storage, so that tabs never
// write over one another, and a reload or a restart of the server loses none. Left out: sending them (`sender`).

const WAITING = ".vote."
const REFUSED = ".refused."

export class Outbox {
  constructor(storage, scope, now = Date.now) {
    Object.assign(this, { storage, scope, now, written: 0, last: 0 })
    this.read = new Map() // entries by key: one that is written never changes, and a page asks for them at each key
    this.memory = new Map() // where the browser keeps nothing: full, or forbidden
  }

  // The question is kept beside its vote, so that a person can be shown what it was about.
  add(vote, question) {
    this.last = Math.max(this.now(), this.last) // a clock that is set back must not turn the order round
    const order = `${String(this.last).padStart(15, "0")}.${String((this.written += 1)).padStart(6, "0")}`
    this.write(`${this.scope}${WAITING}${order}.${vote.id}`, { vote, question })
  }

  waiting() {
    return this.entries(WAITING)
  }

  refused() {
    return this.entries(REFUSED)
  }

  get size() {
    return this.keys(WAITING).length
  }

  // True if it was still there.
  settle(id) {
    return this.keys(WAITING).filter((key) => key.endsWith(`.${id}`)).map((key) => this.erase(key)).length > 0
  }

  // `standing`: the verdict on the same question that stands, if any, which another try takes the place of.
  refuse(id, sentence, standing = null) {
    const entry = this.waiting().find(({ vote }) => vote.id === id)
    if (entry) this.write(`${this.scope}${REFUSED}${id}`, { ...entry, sentence, standing })
    this.settle(id)
  }

  dismiss(id) {
    this.erase(`${this.scope}${REFUSED}${id}`)
  }

  // The entry that another tab has just added, from an event of the storage; null for anything else.
  addedBy(event) {
    if (!event.key?.startsWith(this.scope + WAITING) || !event.newValue) return null
    return parsed(event.newValue)
  }

  entries(kind) {
    return this.keys(kind).map((key) => this.entry(key)).filter((entry) => entry?.vote?.id && entry.question)
  }

  entry(key) {
    if (!this.read.has(key)) this.read.set(key, parsed(this.memory.get(key) ?? this.storage.getItem(key)))
    return this.read.get(key)
  }

  keys(kind) {
    return [...storedKeys(this.storage), ...this.memory.keys()]
      .filter((key) => key.startsWith(this.scope + kind))
      .toSorted()
  }

  write(key, entry) {
    const text = JSON.stringify(entry)
    this.read.set(key, entry)
    try {
      this.storage.setItem(key, text)
    } catch {
      this.memory.set(key, text)
    }
  }

  erase(key) {
    this.read.delete(key)
    this.memory.delete(key)
    this.storage.removeItem(key)
  }
}

function storedKeys(storage) {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index))
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

// Lives as long as the page: in place of the browser's storage, where that is forbidden.
export class PageStorage extends Map {
  get length() {
    return this.size
  }

  key(index) {
    return [...this.keys()][index] ?? null
  }

  getItem(key) {
    return this.get(key) ?? null
  }

  setItem(key, text) {
    this.set(key, text)
  }

  removeItem(key) {
    this.delete(key)
  }
}
