import { inLine, partOf, visible } from "../../app/tokens/js/lens_pieces.js"
import { equal, test } from "./harness.js"

test("what no reader would see has a sign", () => {
  const pieces = [" rain", " ", "\n\n", "a\tb", "\u202e", "\u200b", "\u0007", "好"]
  const texts = [" rain", "␣", "⏎\n⏎\n", "a⇥b", "⟨202E⟩", "⟨200B⟩", "⟨0007⟩", "好"]
  equal(pieces.map((piece) => visible(piece, false).text), texts)
  equal(inLine("\n\nYes"), "⏎⏎Yes")
})

test("an emoji of several parts stays whole", () => {
  equal(visible("👩‍🚀", false).text, "👩‍🚀")
})

test("signs of the template, and tokens that do not end a character, are told apart", () => {
  equal(visible("<|end|>", true), { text: "<|end|>", kind: "special" })
  equal(visible("", false), { text: "·", kind: "part" })
})

test("a token knows which character it is a part of", () => {
  const pieces = ["a", "", "", "龘", "b"]
  equal([0, 1, 3, 4].map((index) => partOf(pieces, index)), [
    null,
    { place: 1, count: 3, text: "龘" },
    { place: 3, count: 3, text: "龘" },
    null,
  ])
  equal(partOf([], 0), null)
})
