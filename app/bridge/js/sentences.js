// Sentences of the page, translated by the server, with fields that only the browser can fill.

// A sentence with its {fields} filled in.
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}
