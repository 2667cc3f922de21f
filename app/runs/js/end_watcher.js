// Asks how the awaited runs stand and tells of those that ended. Left out: the browser's own notifications and the
// clock (`end_notices`).

export class EndWatcher {
  // `ask(ids)`: the answer of our route, {ended: {id: {title, body}}, missing: [id]}. `tell(id, end)` shows it.
  constructor(awaited, ask, tell) {
    Object.assign(this, { awaited, ask, tell, asking: false })
  }

  async look() {
    const ids = this.awaited.ids
    if (this.asking || ids.length === 0) return
    this.asking = true
    try {
      await this.follow(await this.ask(ids))
    } finally {
      this.asking = false
    }
  }

  async follow({ ended, missing }) {
    for (const id of missing) this.awaited.remove(id)
    for (const [id, end] of Object.entries(ended)) if (await this.awaited.take(id)) this.tell(id, end)
  }
}
