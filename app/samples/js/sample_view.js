// What a reader looks at among the samples: which view, step and prompt stand in the address, and what is chosen beside
// them. No DOM, no requests.

import { AddressEcho } from "../../bridge/js/address_echo.js"
import { nearest } from "../../charts/js/axis_positions.js"

export const VIEWS = ["list", "rates", "groups"]
const FIRST = { view: "list", step: null, prompt: null }

export class SampleView {
  // `address`: {view, step, prompt} as they stand in the address; a step of null is the newest.
  constructor(address) {
    Object.assign(this, FIRST, { sort: "prompt", search: "", bins: null, against: "before", threshold: null })
    this.echo = new AddressEcho()
    this.take(address)
  }

  // What stands in the address, where it is not what was just written there. Whether anything changed.
  take(address) {
    const text = written(address)
    if (!this.echo.isNews(text)) return false
    Object.assign(this, FIRST, JSON.parse(text))
    return true
  }

  // What is to be written into the address; null where it stands there already.
  unwritten() {
    const text = written(this)
    return this.echo.write(text) ? JSON.parse(text) : null
  }

  // The step that is shown, of these: the nearest to the wanted one, or the newest.
  stepOf(steps) {
    if (steps.length === 0) return null
    return this.step === null ? steps[steps.length - 1] : steps[nearest(steps, this.step)]
  }
}

function written({ view, step, prompt }) {
  return JSON.stringify({ view: VIEWS.includes(view) ? view : "list", step, prompt })
}

// The last of these steps that is not past `step`; the first where all are.
export function stepBefore(steps, step) {
  const before = steps.filter((each) => each <= step)
  return before.length ? before[before.length - 1] : steps[0]
}

// The bins chosen after a press on `bin`: one alone, with Shift the range from the first; none where it was alone.
export function chosenBins(bins, bin, extend) {
  if (bins && extend) return [Math.min(bins[0], bin), Math.max(bins[1], bin)]
  return bins && bins[0] === bin && bins[1] === bin ? null : [bin, bin]
}

// Where a bar from 0 to `value` begins and how long it is, in per cent of the range [low, high].
export function barOf(value, [low, high]) {
  const width = high - low || 1
  const percent = (number) => ((Math.min(high, Math.max(low, number)) - low) / width) * 100
  const [zero, end] = [percent(0), percent(value)]
  return { left: Math.min(zero, end), width: Math.abs(end - zero) }
}
