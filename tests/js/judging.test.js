import { Judging } from "../../app/annotate/js/judging.js"
import { isRanking, place, rankOf, withoutLast } from "../../app/annotate/js/ranking.js"
import { endOf } from "../../app/annotate/js/messages.js"
import { countChange, draftOf, makeVote, uuid } from "../../app/annotate/js/votes.js"
import { fill } from "../../app/bridge/js/sentences.js"
import { median, paceText, Stopwatch } from "../../app/annotate/js/pace.js"
import { equal, test } from "./harness.js"

const responses = (count) => Array.from({ length: count }, (_, index) => ({ id: `t${index + 1}`, key: String(index + 1), text: `text ${index + 1}` }))
const digit = (value, much = false) => ({ name: "digit", digit: value, much })

function judging(round = {}, question = {}) {
  const own = new Judging(["unclear", "expertise"], ["harmful", "private"])
  own.begin({ id: "q", turn: 0, kind: "pair", responses: responses(2), ...question }, { criteria: [], ask_quality: false, ...round })
  return own
}

test("one key is a verdict; with Shift or the switch for thumbs it is a strong one", () => {
  equal(judging().act(digit(1)), { verdict: "left", strength: null, reasons: [] })
  equal(judging().act(digit(2, true)), { verdict: "right", strength: 2, reasons: [] })
  equal(judging().act(digit(0, true)), { verdict: "tie", strength: null, reasons: [] })
  equal(judging().act({ name: "bothBad" }).verdict, "both_bad")
  equal(judging().act(digit(3)), null)
  const own = judging()
  own.act({ name: "much" })
  equal(own.act(digit(1)).strength, 2)
})

test("the last word counts skips apart from verdicts", () => {
  const ends = { done: { title: "Done", advice: "{count} judged", advice_skipped: "{count} judged, {skipped} skipped" } }
  const task = { words: { ends, keys: {} }, round: {}, failure: null, history: [], done: 12 }
  const said = (skipped) => endOf({ ...task, progress: { total_for_me: 12, skipped } }).advice
  equal([said(0), said(1)], ["12 judged", "11 judged, 1 skipped"])
})

test("criteria come one after the other, then the verdict; a letter goes back to one, Escape past all", () => {
  const own = judging({ criteria: ["helpful", "honest"] })
  own.act(digit(1))
  own.act(digit(0))
  equal([own.draft.criteria, own.criterion], [{ helpful: "left", honest: "tie" }, null])
  own.act({ name: "criterion", index: 0 })
  own.act(digit(2))
  equal([own.draft.criteria.helpful, own.criterion], ["right", "honest"])
  own.act({ name: "escape" })
  equal(own.act(digit(2)).verdict, "right")
  equal(own.act({ name: "criterion", index: 2 }), null)
})

test("qualities go from answer to answer, and begin again when all have one", () => {
  const own = judging({ ask_quality: true })
  for (const quality of ["good", "bad"]) own.act({ name: "quality", quality })
  equal(own.draft.quality, { t1: "good", t2: "bad" })
  own.act({ name: "quality", quality: "ok" })
  equal([own.draft.quality, own.rated], [{ t1: "ok" }, "t2"])
  equal(judging().act({ name: "quality", quality: "good" }), null)
})

test("skipping asks why; Enter and a second S give no reason, and a digit is no vote then", () => {
  for (const [action, reasons] of [[{ name: "enter" }, []], [{ name: "skip" }, []], [digit(2), ["expertise"]]]) {
    const own = judging()
    own.act({ name: "skip" })
    equal(own.act(action), { verdict: "skip", strength: null, reasons })
  }
  const own = judging()
  own.act({ name: "skip" })
  equal(own.act(digit(5)), null)
  own.act({ name: "escape" })
  equal(own.act(digit(1)).verdict, "left")
})

test("a flag stays with the question, and a second F takes it off", () => {
  const own = judging()
  own.act({ name: "flag" })
  equal(own.act(digit(1)), true)
  equal([own.draft.flag, own.mode], ["harmful", "judge"])
  own.act({ name: "flag" })
  equal(own.draft.flag, null)
})

test("an edit is saved, left with its text kept, or is none where nothing changed", () => {
  const own = judging()
  own.act({ name: "edit" })
  own.act(digit(2))
  equal([own.mode, own.writtenText], ["edit", "text 2"])
  own.act({ name: "typed", text: "better" })
  own.act({ name: "escape" })
  equal(own.draft.edits, {})
  own.act({ name: "edit", token: "t2" })
  equal(own.writtenText, "better")
  own.act({ name: "save" })
  equal(own.draft.edits, { t2: "better" })
  own.act({ name: "edit", token: "t2" })
  own.act({ name: "typed", text: "text 2" })
  own.act({ name: "save" })
  equal(own.draft.edits, {})
})

test("no key votes while a field is open", () => {
  const own = judging()
  own.act({ name: "comment" })
  equal([own.act(digit(1)), own.act({ name: "bothBad" })], [null, null])
  own.act({ name: "typed", text: " because " })
  own.act({ name: "save" })
  equal([own.draft.comment, own.act(digit(1)).verdict], ["because", "left"])
})

test("a ranking is pressed from best to worst, with ties, partial, and only with two answers or more", () => {
  const own = judging({ mode: "ranking" }, { kind: "ranking", responses: responses(4) })
  own.act(digit(3))
  equal(own.act({ name: "enter" }), null)
  own.act({ name: "tied" })
  own.act(digit(1))
  own.act(digit(4))
  equal(own.draft.ranking, [["t3", "t1"], ["t4"]])
  equal(own.act(digit(5)), null)
  equal(own.act({ name: "enter" }).verdict, "ranking")
  own.act({ name: "back" })
  equal(own.draft.ranking, [["t3", "t1"]])
})

test("ranks count as people count, and a second press takes an answer out", () => {
  const groups = place(place(place([], "a"), "b", true), "c")
  equal(["a", "b", "c", "d"].map((token) => rankOf(groups, token)), [1, 1, 3, 0])
  equal(place(groups, "a"), [["b"], ["c"]])
  equal([withoutLast([]), isRanking([["a"]]), isRanking([["a", "b"]])], [[], false, true])
})

test("before the first question only what needs none means something", () => {
  const own = new Judging([], [])
  equal([own.act({ name: "undo" }), own.act(digit(1))], ["undo", null])
})

test("a vote names its question, its strength only for a side, and an id of its own", () => {
  const question = { id: "q", turn: 1 }
  const vote = makeVote(question, draftOf({}), { verdict: "left", seconds: 2 })
  equal([vote.question, vote.turn, vote.strength, vote.ranking, vote.seconds], ["q", 1, 1, null, 2])
  equal(makeVote(question, draftOf({}), { verdict: "tie" }).strength, null)
  equal(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid()), true)
  equal([{ verdict: "left" }, { verdict: "tie", supersedes: "x" }, { verdict: "withdrawn" }].map(countChange), [1, 0, -1])
})

test("what stood beside a verdict is there when its question is opened again", () => {
  const vote = { criteria: { honest: "left" }, quality: {}, edits: { t1: "x" }, ranking: null, comment: "c", flag: null }
  const draft = draftOf(vote)
  equal([draft.criteria, draft.edits, draft.ranking, draft.comment], [{ honest: "left" }, { t1: "x" }, [], "c"])
})

test("the watch stands while the page is hidden", () => {
  let now = 0
  const watch = new Stopwatch(() => now)
  now = 2000
  watch.pause()
  now = 60_000
  watch.pause()
  watch.resume()
  now = 61_500
  equal(watch.seconds, 3.5)
  watch.restart(1)
  equal(watch.seconds, 1)
})

test("the pace is said in minutes and seconds, and not before there is one", () => {
  const words = { minutes_left: "{minutes} min", seconds_left: "soon", each: "{seconds} s" }
  equal(paceText(83, 4.23, words), "6 min · 4.2 s")
  equal([paceText(2, 12, words), paceText(3, null, words), paceText(0, 4, words)], ["soon · 12 s", "", ""])
  equal([median([]), median([3, 1, 2]), median([1, 2])], [null, 2, 1.5])
  equal(fill("{a} of {b}", { a: 0 }), "0 of {b}")
})
