import { keyAction, writingAction } from "../../app/annotate/js/keys.js"
import { equal, test } from "./harness.js"

const within = (...selectors) => ({ closest: (selector) => selectors.some((own) => selector.split(", ").includes(own)) })
const press = (key, code = "", more = {}) => keyAction({ key, code, target: within(), ...more })

test("digits count by their place, so that Shift and other layouts change nothing", () => {
  equal(press("1", "Digit1"), { name: "digit", digit: 1, much: false })
  equal(press("@", "Digit2", { shiftKey: true }), { name: "digit", digit: 2, much: true })
  equal(press("à", "Digit0"), { name: "digit", digit: 0, much: false })
  equal(press("End", "Numpad1", { shiftKey: true }), { name: "digit", digit: 1, much: true })
  equal(press("ArrowRight", "ArrowRight", { shiftKey: true }), { name: "digit", digit: 2, much: true })
  equal(press("9", "Digit9"), null)
})

test("letters count by what they write, and by their place where that is no Latin sign", () => {
  equal(press("b", "KeyN"), { name: "bothBad" })
  equal(press("B", "KeyB", { shiftKey: true }), { name: "bothBad" })
  equal(press("ы", "KeyS"), { name: "skip" })
  equal(press(";", "KeyS"), null)
  equal(press("q", "KeyA"), { name: "criterion", index: 0 })
  equal(press("g", "KeyG"), { name: "quality", quality: "good" })
  equal(press("?", "Slash", { shiftKey: true }), { name: "help" })
})

test("a key that is held, has a modifier, or belongs to an input method is none of ours", () => {
  equal(press("1", "Digit1", { repeat: true }), null)
  for (const modifier of ["ctrlKey", "metaKey", "altKey"]) equal(press("1", "Digit1", { [modifier]: true }), null)
  equal(press("1", "Digit1", { isComposing: true }), null)
  equal(press("Process", "Digit1"), null)
  equal(press("1", "Digit1", { keyCode: 229 }), null)
})

test("fields have their keys for themselves, buttons Enter and the space bar", () => {
  equal(press("1", "Digit1", { target: within("textarea") }), null)
  equal(press("Enter", "Enter", { target: within("button") }), null)
  equal(press("1", "Digit1", { target: within("button") }), { name: "digit", digit: 1, much: false })
})

test("in a field Escape leaves and Ctrl+Enter saves, and neither ends a composition", () => {
  equal(writingAction({ key: "Escape" }), { name: "escape" })
  equal(writingAction({ key: "Enter", ctrlKey: true }), { name: "save" })
  equal(writingAction({ key: "Enter" }), null)
  equal(writingAction({ key: "Escape", isComposing: true }), null)
})
