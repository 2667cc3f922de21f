// The points of some runs, read from our server: all at first, then what came since, and a range in full detail.

import { fetchJson } from "../../bridge/js/fetch_json.js"
import { appendAll, applyUpdate, cursorQuery, dropIfLong, emptyStore } from "./points.js"
import { keysQuery, rangeQuery, setRangePoints } from "./points.js"

export class PointsFeed {
  constructor(url) {
    Object.assign(this, { url, store: emptyStore(), ended: false })
  }

  // Whether a curve has changed, or that all runs have ended. Throws where the server gives no answer.
  async readNews() {
    dropIfLong(this.store)
    const runs = await this.#read(cursorQuery(this.store))
    const changes = Object.entries(runs).map(([run, update]) => applyUpdate(this.store, run, update))
    const ended = Object.values(runs).every((update) => !update.active)
    const changed = changes.some(Boolean) || ended !== this.ended
    this.ended = ended
    return changed
  }

  // The whole curves of a few metrics, ahead of all others, which `readNews` brings.
  async readAhead(keys) {
    const runs = await this.#read(keysQuery(keys))
    for (const [run, { points }] of Object.entries(runs)) appendAll(this.store, run, points)
  }

  // The points between two steps that the whole of a long curve came without; kept if `isWanted` once they are here.
  async readRange(steps, isWanted) {
    const runs = await this.#read(rangeQuery(steps))
    if (isWanted()) setRangePoints(this.store, runs)
  }

  async #read(query) {
    return (await fetchJson(this.url + query)).runs
  }
}
