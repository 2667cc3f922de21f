// How a reader has set the charts, kept in the browser: a reload, the browser's Back or another page changes nothing.
// Smoothing, scale, marks of events and folded sections hold for all pages; the range and the hidden runs for one.

const EVERYWHERE = "alignlab.charts"
const KINDS = {
  smoothing: (value) => typeof value === "number" && value >= 0 && value < 1,
  logarithmic: (value) => typeof value === "boolean",
  events: (value) => typeof value === "boolean",
  folded: Array.isArray,
  hidden: Array.isArray,
  range: (value) => value === null || (Array.isArray(value) && value.length === 2 && value.every(Number.isFinite)),
}
const SHARED = { smoothing: 0, logarithmic: false, events: true, folded: [] }
const OWN = { hidden: [], range: null }

export class ChartView {
  // `local` and `session` are the browser's storages, or null where it has none for us.
  constructor(page, local, session) {
    this.places = [
      [local, EVERYWHERE, SHARED],
      [session, `${EVERYWHERE} ${page}`, OWN],
    ]
    for (const [storage, name, defaults] of this.places) Object.assign(this, defaults, kept(storage, name, defaults))
  }

  set(changes) {
    Object.assign(this, changes)
    for (const [storage, name, defaults] of this.places) {
      const values = Object.fromEntries(Object.keys(defaults).map((key) => [key, this[key]]))
      try {
        storage?.setItem(name, JSON.stringify(values))
      } catch {
        continue // a full or forbidden storage: the view holds until the page is left
      }
    }
  }

  // Puts `value` into the list `name`, or takes it out where it is in there.
  toggle(name, value) {
    const others = this[name].filter((each) => each !== value)
    this.set({ [name]: others.length < this[name].length ? others : [...others, value] })
  }
}

// What was kept of these values and is what it should be.
function kept(storage, name, defaults) {
  try {
    const values = JSON.parse(storage?.getItem(name) ?? "{}")
    const right = Object.keys(defaults).filter((key) => KINDS[key](values[key]))
    return Object.fromEntries(right.map((key) => [key, values[key]]))
  } catch {
    return {}
  }
}
