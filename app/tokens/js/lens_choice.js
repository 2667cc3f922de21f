// What a reader has chosen in the token lens, as the page's address has it, and what is asked of the server for it.

const FIELDS = ["step", "part", "prompt", "show", "against"]

// A choice from the fields of an address; null stands for what was not chosen. A prompt without a part comes from the
// tab Samples, which shows sampled answers.
export function fromQuery(query) {
  const part = query.prompt === undefined ? null : "answers"
  return Object.fromEntries(FIELDS.map((name) => [name, query[name] ?? (name === "part" ? part : null)]))
}

export function toQuery(choice) {
  return Object.fromEntries(FIELDS.filter((name) => choice[name] !== null).map((name) => [name, choice[name]]))
}

// The same as a text: two choices are equal where their texts are.
export function written(choice) {
  return JSON.stringify(toQuery(choice))
}

// The address of what is looked at; `url` has a query.
export function urlOf(url, run, { step, part, prompt }) {
  return `${url}&${new URLSearchParams(given({ run, step, part, prompt }))}`
}

// RUN@STEP, or @STEP for another step of the run itself; null where nothing is compared.
export function against(choice, run) {
  const [other, step] = (choice.against ?? "").split("@")
  return step ? { run: other || run, step } : null
}

// The address of the same prompt elsewhere.
export function urlAgainst(url, other, shown) {
  return `${url}&${new URLSearchParams({ run: other.run, step: other.step, part: shown.part, like: shown.key })}`
}

// The step of another run to compare with: the same, else the last one before it, else its first.
export function nearestStep(steps, step) {
  return steps.findLast((other) => other <= step) ?? steps[0]
}

function given(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
