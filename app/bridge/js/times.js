// Dates and times of day in the reader's own zone and language.

export function clock(moment, language) {
  return format(moment, language, { hour: "2-digit", minute: "2-digit", hour12: false })
}

// `form` is what the markup asks for: "time", "date", or "both".
export function date(moment, form, language) {
  if (form === "time") return clock(moment, language)
  const day = { month: "short", day: "numeric" }
  const hour = form === "both" ? { hour: "2-digit", minute: "2-digit", hour12: false } : {}
  return format(moment, language, { ...day, ...hour })
}

function format(moment, language, parts) {
  return new Intl.DateTimeFormat(language, parts).format(moment)
}
