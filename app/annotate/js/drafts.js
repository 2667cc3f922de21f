// What the browser keeps of a task beside its votes: drafts of verdicts by question, and what the person has chosen.

import { keyOf } from "./queue.js"
import { draftOf, isEmpty } from "./votes.js"

export class Drafts {
  constructor(storage, scope) {
    Object.assign(this, { storage, scope })
  }

  // {draft, unsaved} of a question; {} where nothing was kept, or what was kept is damaged.
  of(question) {
    try {
      const kept = JSON.parse(this.storage.getItem(this.key(question)) ?? "{}")
      return { draft: { ...draftOf(kept.draft), seconds: kept.draft?.seconds ?? 0 }, unsaved: kept.unsaved }
    } catch {
      return {}
    }
  }

  keep({ question, draft, unsaved }, seconds) {
    if (isEmpty(draft) && Object.keys(unsaved).length === 0) this.drop(question)
    else this.write(this.key(question), JSON.stringify({ draft: { ...draft, seconds }, unsaved }))
  }

  drop(question) {
    this.storage.removeItem(this.key(question))
  }

  key(question) {
    return `${this.scope}.draft.${keyOf(question)}`
  }

  // The view is the same in all rounds.
  get markdown() {
    return this.storage.getItem("alignlab.annotate.markdown.") !== "raw"
  }

  set markdown(formatted) {
    this.write("alignlab.annotate.markdown.", formatted ? "markdown" : "raw")
  }

  // The version of the guidelines that was read last.
  get guideline() {
    return Number(this.storage.getItem(`alignlab.annotate.guideline.${this.scope}`) ?? 0)
  }

  set guideline(version) {
    this.write(`alignlab.annotate.guideline.${this.scope}`, String(version))
  }

  write(key, text) {
    try {
      this.storage.setItem(key, text)
    } catch {
      // A full storage keeps no drafts; votes have their own way out.
    }
  }
}
