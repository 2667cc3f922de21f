// Reads lists of samples from our server. An answer that was asked for before another of its kind is dropped.

import { fetchJson } from "../../bridge/js/fetch_json.js"

export class Reading {
  constructor(url, query) {
    Object.assign(this, { url, query, newest: 0 })
  }

  // One list by its name and what is wanted of it; fields without a value are left out. Throws where none comes.
  async list(name, fields = {}) {
    const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== "")
    const query = new URLSearchParams(given)
    return fetchJson(`${this.url}${name}?${this.query}&${query}`)
  }

  // The same, or null where a later one was asked for meanwhile.
  async latest(name, fields) {
    const number = ++this.newest
    const answer = await this.list(name, fields)
    return number === this.newest ? answer : null
  }
}
