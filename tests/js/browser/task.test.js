import mountTask from "../../../app/annotate/js/annotate.js"
import { equal, test } from "../harness.js"
import { WORDS, drawn, house, live, loaded, mounted, press, root, settled, standing, text, until } from "./judging_house.js"

test("a burst of keys is one vote a pair, each on the pair that was drawn, and fetches ahead", async () => {
  const server = await mounted({ count: 90 })
  const given = []
  for (let index = 0; index < 80; index += 1) {
    const side = index % 3 ? "left" : "right"
    await until(drawn, "no pair is drawn")
    given.push([drawn(), side])
    press(side === "left" ? "1" : "2")
  }
  await settled()
  equal([...server.stored.values()].map((vote) => [`${vote.question}:${vote.turn}`, vote.verdict]), given)
  equal([drawn(), root().dataset.saving, text(".al-count")], ["q80:0", "saved", "80 of 90"])
  server.unmount()
})

test("the next pair stands before the key's handler returns", async () => {
  const server = await mounted()
  press("2", { shiftKey: true })
  equal([drawn(), text(".al-card-body"), server.stored.size], ["q1:0", "left 1", 0])
  await settled()
  equal([...server.stored.values()][0].strength, 2)
  server.unmount()
})

test("undo takes the last vote back and draws its pair with what stood beside it", async () => {
  const server = await mounted()
  press("1")
  press("u")
  await settled()
  equal([drawn(), live(server).length, [...server.stored.values()].map(({ verdict }) => verdict)], ["q0:0", 0, ["left", "withdrawn"]])
  press("2")
  await settled()
  equal(live(server).map((vote) => [vote.question, vote.verdict]), [["q0", "right"]])
  equal(drawn(), "q1:0")
  server.unmount()
})

test("the own last verdicts of before are there to be changed", async () => {
  const server = house()
  server.last = [{ judgement_id: "old", question: server.questions[7], verdict: "left", strength: 1, criteria: {}, quality: {}, edits: {}, ranking: null }]
  const unmount = mountTask(server.component)
  await loaded()
  press("h")
  root().querySelector(".al-history-entry").click()
  equal([drawn(), text(".al-notice")], ["q7:0", "changingBack"])
  press("Escape", { code: "Escape" })
  equal(drawn(), "q0:0")
  press("h")
  root().querySelector(".al-history-entry").click()
  press("0")
  await settled()
  equal([...server.stored.values()].map((vote) => [vote.question, vote.verdict, vote.supersedes]), [["q7", "tie", "old"]])
  unmount()
})

test("what another tab has judged is not asked here", async () => {
  const server = await mounted()
  const entry = { vote: { id: "elsewhere", verdict: "left", question: "q0", turn: 0 }, question: server.questions[0] }
  const key = `${server.scope}.vote.000000000000001.000001.elsewhere`
  window.dispatchEvent(new StorageEvent("storage", { key, newValue: JSON.stringify(entry) }))
  equal(drawn(), "q1:0")
  server.unmount()
})

test("keys in a field vote for nothing; Ctrl+Enter saves, and the draft outlives a reload", async () => {
  const server = await mounted()
  press("e")
  press("2")
  const field = root().querySelector("textarea")
  equal([field.value, document.activeElement === field], ["right 0", true])
  press("1", { target: field })
  field.value = "as it should be"
  field.dispatchEvent(new Event("input"))
  press("Enter", { code: "Enter", ctrlKey: true, target: field })
  equal([...root().querySelectorAll(".al-card-body")].map((node) => node.textContent), ["left 0", "as it should be"])
  equal(JSON.parse(localStorage.getItem(`${server.scope}.draft.q0:0`)).draft.edits, { right0: "as it should be" })
  press("2")
  await settled()
  equal([...server.stored.values()].map((vote) => vote.edits), [{ right0: "as it should be" }])
  equal(localStorage.getItem(`${server.scope}.draft.q0:0`), null)
  server.unmount()
})

test("criteria and qualities go with the verdict", async () => {
  const server = await mounted({ round: { criteria: ["helpful", "honest"], ask_quality: true } })
  for (const key of "gx102") press(key)
  await settled()
  const [vote] = server.stored.values()
  equal([vote.criteria, vote.quality, vote.verdict], [{ helpful: "left", honest: "tie" }, { left0: "good", right0: "bad" }, "right"])
  server.unmount()
})

test("a ranking of four is pressed in order, and stands on the cards", async () => {
  const responses = [1, 2, 3, 4].map((key) => ({ key: String(key), id: `t${key}`, text: `answer ${key}`, blocks: null }))
  const server = await mounted({ more: { kind: "ranking", responses } })
  press("3")
  press("=", { code: "Equal" })
  press("1")
  press("4")
  equal([...root().querySelectorAll(".al-rank")].map((node) => node.textContent), ["#1", "unranked", "#1", "#3"])
  press("Enter", { code: "Enter" })
  await settled()
  const [vote] = server.stored.values()
  equal([vote.verdict, vote.ranking], ["ranking", [["t3", "t1"], ["t4"]]])
  server.unmount()
})

test("nothing in a text becomes an element: not in a prompt, an answer, its thinking or a block", async () => {
  const evil = "<img src=x onerror=window.stolen=1>"
  const responses = [
    { key: "L", id: "l", text: `<think>${evil}</think>${evil}`, blocks: null, thinking: null },
    { key: "R", id: "r", text: evil, blocks: [{ tag: "script", text: "window.stolen=1" }, { tag: "p", children: [{ text: evil }] }], thinking: evil },
  ]
  const server = await mounted({ more: { responses, prompt: [{ role: evil, content: evil }] } })
  press("h")
  equal([root().querySelectorAll("img, script").length, window.stolen], [0, undefined])
  equal([...root().querySelectorAll("details summary")].length, 2)
  equal(text(".al-markdown p"), evil)
  server.unmount()
})

test("raw text and formatted text take turns, and the choice is kept", async () => {
  const blocks = [{ tag: "p", children: [{ tag: "strong", text: "bold" }] }]
  const responses = ["L", "R"].map((key) => ({ key, id: key, text: "**bold**", blocks, thinking: null }))
  const server = await mounted({ more: { responses } })
  equal(text(".al-card-body strong"), "bold")
  press("m")
  equal([text(".al-card-body"), root().querySelector(".al-card-body strong")], ["**bold**", null])
  press("m")
  equal(text(".al-card-body strong"), "bold")
  server.unmount()
})

test("the reveal of a norming round shows who said what, and Enter keeps the own verdict", async () => {
  const verdicts = [
    { name: "ann", mine: true, judgement_id: "old", verdict: "left", strength: 2, criteria: {}, ranking: null, comment: null },
    { name: "ben", mine: false, verdict: "right", strength: 1, criteria: {}, ranking: null, comment: "shorter" },
  ]
  const server = await mounted({ count: 2, more: { phase: "reveal", verdicts } })
  equal([...root().querySelectorAll(".al-reveal li")].map((node) => node.textContent), ["youA is much better", "benB is bettershorter"])
  root().querySelector("[data-name=enter]").click()
  press("2")
  await settled()
  const votes = [...server.stored.values()].map((vote) => [vote.verdict, vote.strength, vote.reasons, vote.supersedes])
  equal(votes, [["left", 2, ["norming"], "old"], ["right", 1, ["norming"], "old"]])
  server.unmount()
})

test("what goes with the own verdict stands in the reveal and in the own history, and stays when it is kept", async () => {
  const said = { verdict: "left", strength: 1, criteria: {}, ranking: null, reasons: [], comment: "short", flag: "harmful" }
  const own = { ...said, mine: true, judgement_id: "old", quality: { left0: "good" }, edits: { right0: "mended" } }
  const server = house({ count: 1, round: { ask_quality: true }, more: { phase: "reveal", verdicts: [own] } })
  const unmount = mountTask(server.component)
  await loaded()
  const remarks = ["A: good", "B: edited", "⚑ harmful"]
  equal([...root().querySelectorAll(".al-reveal li span")].map((node) => node.textContent), remarks)
  equal([...root().querySelectorAll(".al-card-body")].map((node) => node.textContent), ["left 0", "mended"])
  root().querySelector("[data-name=enter]").click()
  await settled()
  const [vote] = server.stored.values()
  equal([vote.quality, vote.edits, vote.flag], [own.quality, own.edits, "harmful"])
  press("h")
  equal(text(".al-history-entry small"), [...remarks, "✎ short"].join(" · "))
  unmount()
})

test("a prompt that is too tall folds what was said before its last question", async () => {
  const tall = "word\n".repeat(200)
  const prompt = [["user", tall], ["assistant", "well"], ["user", "and now?"]].map(([role, content]) => ({ role, content }))
  const server = await mounted({ more: { prompt } })
  const style = document.head.appendChild(document.createElement("style"))
  style.textContent = ".al-turns { max-height: 200px; overflow: hidden } .al-raw { white-space: pre-wrap }"
  press("1")
  await until(() => text(".al-earlier"), "the earlier turns are folded")
  equal([text(".al-earlier summary"), root().querySelector(".al-turns").lastChild.textContent.endsWith("and now?")], ["earlier: 2", true])
  equal([root().querySelector(".al-earlier").open, root().querySelector(".al-more")], [false, null])
  style.remove()
  server.unmount()
})

test("guidelines that were not read are named beside a question, and no more when all is judged", async () => {
  const server = await mounted({ count: 1, round: { guideline: "Be kind.", guideline_version: 3 } })
  equal(text(".al-notice"), "new 3Read")
  press("1")
  await standing("done")
  equal(root().querySelector(".al-notice"), null)
  server.unmount()
})

test("at the end the page says whether all is done or others hold the rest", async () => {
  const server = await mounted({ count: 2 })
  press("1")
  press("1")
  await standing("done")
  equal([root().dataset.state, text(".al-judge-end h2"), text(".al-judge-end p").startsWith("2 in ")], ["done", "done", true])
  press("u")
  equal(drawn(), "q1:0")
  server.unmount()
})

test("a page without its server says so, and a closed round too", async () => {
  for (const [failing, state] of [[0, "failed"], [404, "failed"], [410, "closed"], [401, "failed"]]) {
    const server = house()
    server.failing = failing
    const unmount = mountTask(server.component)
    await loaded()
    equal(root().dataset.state, state)
    unmount()
  }
})

test("drawn anew by the page, the task goes on where it was", async () => {
  const server = await mounted()
  press("1")
  server.unmount()
  document.body.innerHTML = '<div id="here"><div class="al-annotate"></div></div>'
  const unmount = mountTask({ ...server.component, parentElement: document.querySelector("#here") })
  equal(drawn(), "q1:0")
  press("1")
  equal(drawn(), "q2:0")
  await settled()
  unmount()
  press("1")
  equal(drawn(), "q2:0")
})

test("what the last verdict brings to light is drawn at once, not when the page looks again", async () => {
  const server = await mounted({ count: 2 })
  server.withheld = ({ id }) => id === "q1" && server.stored.size === 0
  server.unmount()
  const again = { ...server.component, data: { ...server.component.data, scope: `${server.scope}.again` } }
  document.body.innerHTML = '<div id="here"><div class="al-annotate"></div></div>'
  const unmount = mountTask({ ...again, parentElement: document.querySelector("#here") })
  await loaded()
  server.slow = true
  press("1")
  equal(drawn(), "")
  await until(drawn, "the second question")
  equal(drawn(), "q1:0")
  unmount()
})

test("mounted again in another language, the keys belong to what is seen, and the draft is there", async () => {
  const server = await mounted()
  press("f")
  press("2")
  const data = { ...server.component.data, words: { ...WORDS, tie: "gleich gut" } }
  const leave = mountTask({ ...server.component, data })
  await loaded()
  equal(text(".al-set"), "⚑ private")
  press("e")
  press("1")
  equal(root().querySelector("textarea").value, "left 0")
  leave()
})
