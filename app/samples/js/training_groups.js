// Groups that the policy sampled to train on: the responses to one prompt side by side, with rewards and advantages.

import { promptBlock } from "../../bridge/js/asked.js"
import { element } from "../../bridge/js/elements.js"
import { fill } from "../../bridge/js/sentences.js"
import { shown } from "../../charts/js/numbers.js"
import { answerCard } from "./answer_card.js"
import { stepBefore } from "./sample_view.js"

export class TrainingGroups {
  constructor(tab) {
    this.tab = tab
    this.root = element("section")
    this.note = element("p", "al-note")
    this.groups = element("div")
    this.root.append(this.note, this.groups)
  }

  async show() {
    const { overview, words, reading, step } = this.tab
    if (!overview.rollouts.length) {
      this.note.textContent = words.noGroups
      return void this.groups.replaceChildren()
    }
    const at = stepBefore(overview.rollouts, step)
    const found = await reading.latest("groups", { step: at })
    if (!found) return
    this.note.replaceChildren(element("b", "al-sample-kind", words.trainingKind))
    this.note.append(" ", fill(words.groupsHelp, { step: at }))
    this.groups.replaceChildren(...found.groups.map((group) => this.#group(group)))
  }

  #group({ prompt, answers, mean, deviation }) {
    const { words } = this.tab
    const block = element("section", "al-sample-group")
    const values = { count: answers.length, mean: shown(mean), deviation: shown(deviation) }
    const about = element("p", "al-soft al-note", fill(deviation === null ? words.single : words.group, values))
    if (deviation === 0) about.append(" ", element("span", "al-tone al-warning", `△ ${words.equal}`))
    const rewards = numbers(answers.map(({ reward }) => reward))
    const range = [Math.min(0, ...rewards), Math.max(0, ...rewards)]
    const widest = Math.max(0, ...numbers(answers.map(({ advantage }) => advantage)).map(Math.abs))
    const grid = element("div", "al-samples-grid al-sample-members")
    const numbered = answers.length > 1
    grid.append(...answers.map((answer) => answerCard(answer, words, { range, widest, numbered })))
    block.append(promptBlock(prompt, words), about, grid)
    return block
  }
}

// Without the words for what is no number, and null.
const numbers = (values) => values.filter((value) => typeof value === "number")
