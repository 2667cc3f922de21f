// How long a person takes: the seconds of a question while its page is looked at, their median, and what is left.

import { fill } from "../../bridge/js/sentences.js"

export class Stopwatch {
  constructor(now = () => performance.now()) {
    Object.assign(this, { now, elapsed: 0, since: now() })
  }

  restart(seconds = 0) {
    Object.assign(this, { elapsed: seconds * 1000, since: this.now() })
  }

  pause() {
    this.elapsed += this.since === null ? 0 : this.now() - this.since
    this.since = null
  }

  resume() {
    this.since ??= this.now()
  }

  get seconds() {
    const running = this.since === null ? 0 : this.now() - this.since
    return Math.round(this.elapsed + running) / 1000
  }
}

export function median(values) {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

// "about 14 min left · 4.2 s each"; nothing while no pace is known or nothing is left.
export function paceText(left, seconds, words) {
  if (!seconds || left <= 0) return ""
  const minutes = Math.round((left * seconds) / 60)
  const rest = minutes < 1 ? words.seconds_left : fill(words.minutes_left, { minutes })
  return `${rest} · ${fill(words.each, { seconds: seconds < 10 ? seconds.toFixed(1) : Math.round(seconds) })}`
}
