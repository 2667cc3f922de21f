// Dates and times of day in the reader's own zone and language.

const DAY = { month: "short", day: "numeric" }
const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } // `hour12: false` would write midnight as 24:00
const FORMS = { time: TIME, date: DAY, both: { ...DAY, ...TIME } }

// `form` is what the markup asks for.
export function date(moment, form, language) {
  return new Intl.DateTimeFormat(language, FORMS[form]).format(moment)
}

export function clock(moment, language) {
  return date(moment, "time", language)
}
