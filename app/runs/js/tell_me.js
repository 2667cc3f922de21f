// The button of a run's page that asks for a notification when the run ends. Permission is asked for at its press only.

import { browserStorage } from "../../bridge/js/browser_storage.js"
import { element } from "../../bridge/js/elements.js"
import { AwaitedRuns } from "./awaited_runs.js"

export default function mountTellMe({ data, parentElement }) {
  const root = parentElement.querySelector(".al-tell-me")
  const control = new TellMe(root, data, new AwaitedRuns(browserStorage("localStorage")), globalThis.Notification)
  control.draw()
  return () => root.replaceChildren()
}

export class TellMe {
  // `notices`: the browser's Notification; it has none outside of https, but on this machine.
  constructor(root, { run, words }, awaited, notices) {
    Object.assign(this, { root, run, words, awaited, notices })
  }

  get obstacle() {
    if (!this.notices || !this.awaited.storage) return this.words.unsupported
    return this.notices.permission === "denied" ? this.words.blocked : ""
  }

  draw() {
    const on = this.awaited.has(this.run) && !this.obstacle
    const button = element("button", "al-tell", on ? this.words.on : this.words.off)
    button.ariaPressed = String(on)
    button.addEventListener("click", () => this.press())
    const note = element("span", "al-tell-note", "")
    note.role = "status"
    this.root.replaceChildren(button, note)
    this.note = note
  }

  async press() {
    if (this.awaited.has(this.run)) this.awaited.remove(this.run)
    else if (!this.obstacle && (await this.notices.requestPermission()) === "granted") this.awaited.add(this.run)
    this.draw()
    this.note.textContent = this.obstacle
    this.root.querySelector("button").focus()
  }
}
