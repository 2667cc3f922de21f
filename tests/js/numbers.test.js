import { shown } from "../../app/charts/js/numbers.js"
import { equal, test } from "./harness.js"

test("three digits", () => equal([0.123456, 12.3456, 999.4, 9.999, 999.9].map(shown), ["0.123", "12.3", "999", "10.0", "1,000"]))
test("whole numbers and large ones without decimals", () => equal([7, 1234.5, 1e6].map(shown), ["7", "1,235", "1,000,000"]))
test("small ones with an exponent", () => equal([0.00012, -0.00012].map(shown), ["1.20e−4", "−1.20e−4"]))
test("a real minus sign", () => equal([-2, -0.5].map(shown), ["−2", "−0.500"]))
test("what is no number is a word", () => equal(["nan", "inf", "-inf", null, undefined].map(shown), ["NaN", "∞", "−∞", "–", "–"]))
