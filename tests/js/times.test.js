import { clock, date } from "../../app/bridge/js/times.js"
import { equal, test } from "./harness.js"

const moment = new Date(2026, 4, 3, 7, 5) // in the zone of the machine, as a reader sees it

test("a time of day has 24 hours", () => equal(clock(moment, "en"), "07:05"))
test("midnight is 00, not 24", () => equal(clock(new Date(2026, 4, 3, 0, 5), "en"), "00:05"))
test("a date is a day of a month", () => equal(date(moment, "date", "en"), "May 3"))
test("both are a day with its time", () => equal(date(moment, "both", "en"), "May 3, 07:05"))
test("a time is asked for by its form", () => equal(date(moment, "time", "en"), "07:05"))
test("the reader's language decides", () => equal(date(moment, "date", "zh"), "5月3日"))
