// What a live part has written into the page's address comes back to it when the page has run: that is no news. Another
// address, after the browser's Back or a link, is. No DOM.

export class AddressEcho {
  constructor() {
    Object.assign(this, { address: null, sent: [] })
  }

  // Notes what a reader has chosen. Whether it is to be written: not where it stands there already.
  write(text) {
    if (text === (this.sent.at(-1) ?? this.address)) return false
    this.sent.push(text)
    return true
  }

  // Notes what stands in the address. Whether it has changed, and not because it was written here.
  isNews(text) {
    const own = this.sent.lastIndexOf(text)
    const known = own >= 0 || text === this.address
    this.sent.splice(0, own + 1) // what was written before it has been passed by
    this.address = text
    return !known
  }
}
