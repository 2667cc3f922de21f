import mountTask from "../../../app/annotate/js/annotate.js"
import { equal, test } from "../harness.js"
import { WORDS, drawn, house, live, loaded, mounted, press, root, saving, settled, standing, text, until } from "./judging_house.js"

test("without a connection votes stay, survive a reload, and are sent once when it is back", async () => {
  const server = await mounted()
  server.failing = 0
  for (const key of "121") press(key)
  await settled()
  equal([server.stored.size, root().dataset.saving, text(".al-count"), drawn()], [0, "offline", "3 of 30", "q3:0"])
  server.unmount()
  server.failing = null
  const again = { ...server.component, data: { ...server.component.data, words: { ...WORDS, x: "another load" } } }
  document.body.innerHTML = '<div id="here"><div class="al-annotate"></div></div>'
  again.parentElement = document.querySelector("#here")
  const unmount = mountTask(again)
  await loaded()
  await saving("saved")
  equal([server.stored.size, drawn(), root().dataset.saving], [3, "q3:0", "saved"])
  unmount()
})

test("a refused vote is shown with its sentence, and can be given again", async () => {
  const server = await mounted()
  server.refusing = (vote) => vote.question === "q0"
  press("1")
  press("1")
  await settled()
  press("h")
  equal(root().querySelectorAll(".al-history-entry").length, 1)
  root().querySelector("dialog").close()
  equal([text(".al-notice"), live(server).map((vote) => vote.question)], ["refused: 1Show", ["q1"]])
  root().querySelector(".al-notice-button").click()
  equal(text(".al-refused .al-bad"), "Not this one.")
  server.refusing = null
  ;[...root().querySelectorAll(".al-refused button")][1].click()
  equal(drawn(), "q0:0")
  press("2")
  await settled()
  equal([live(server).length, root().querySelector(".al-notice")], [2, null])
  server.unmount()
})

function judgeAgain() {
  root().querySelector(".al-notice-button").click()
  root().querySelectorAll(".al-refused button")[1].click()
}

test("a vote that another tab was before with is given again in the place of that one, and kept until then", async () => {
  const server = await mounted()
  Object.assign(server, { refusing: (vote) => vote.question === "q0" && !vote.supersedes, standing: "theirs" })
  press("f")
  press("1")
  press("1")
  await settled()
  judgeAgain()
  equal([drawn(), text(".al-set"), text(".al-notice-info")], ["q0:0", "⚑ harmful", "another standsBack"])
  press("Escape", { code: "Escape" })
  equal([drawn(), text(".al-notice")], ["q1:0", "refused: 1Show"])
  judgeAgain()
  press("2")
  await settled()
  const votes = [...server.stored.values()].map((vote) => [vote.question, vote.verdict, vote.supersedes, vote.flag])
  equal([votes, root().querySelector(".al-notice")], [[["q0", "right", "theirs", "harmful"]], null])
  server.unmount()
})

test("votes that are kept when somebody else signs in are sent in their person's name alone", async () => {
  const server = await mounted()
  server.failing = 401
  press("1")
  await settled()
  Object.assign(server, { failing: null, account: "ben" }) // the page of ann is still open, the session is ben's
  window.dispatchEvent(new Event("focus"))
  await standing("failed")
  press("2")
  equal([server.stored.size, drawn(), text(".al-judge-end p"), text(".al-notice")], [0, "", "Somebody else.", "Somebody else."])
  server.unmount()
  const bens = { ...server.component.data, scope: `${server.scope}.ben`, account: "ben" }
  document.body.innerHTML = '<div id="here"><div class="al-annotate"></div></div>'
  server.account = null
  const leave = mountTask({ data: bens, parentElement: document.querySelector("#here") })
  await loaded()
  equal([server.stored.size, root().dataset.saving, text(".al-count")], [0, "saved", "0 of 30"])
  leave()
  server.account = "ann"
  document.body.innerHTML = '<div id="here"><div class="al-annotate"></div></div>'
  const unmount = mountTask({ ...server.component, parentElement: document.querySelector("#here") })
  await until(() => server.stored.size === 1, "ann's vote is sent")
  equal(server.named, { dataset: "d", round: 1, account: "ann" })
  await until(drawn, "ann is asked again")
  unmount()
})

test("signed out: the votes are kept and the page says where to sign in", async () => {
  const server = await mounted()
  server.failing = 401
  press("1")
  await settled()
  equal([text(".al-notice"), root().querySelector(".al-notice a").getAttribute("href")], ["signed out, 1 keptSign in", "/in"])
  server.failing = null
  window.dispatchEvent(new Event("focus"))
  await saving("saved")
  equal([server.stored.size, root().dataset.saving], [1, "saved"])
  server.unmount()
})

test("who leaves for good gives the rest back, who is back at once keeps it", async () => {
  const server = await mounted()
  server.unmount()
  const unmount = mountTask(server.component)
  await new Promise((done) => setTimeout(done, 1200))
  equal(server.left, undefined)
  unmount()
  await until(() => server.left?.dataset === "d" && server.left.round === 1, "the questions are given back")
  mountTask(server.component)
  await until(drawn, "they are asked for again")
})

test("after a reload undo goes on from the verdict that the server has last, but not from one already taken back", async () => {
  const server = house()
  const given = (index) => ({ judgement_id: `old${index}`, question: server.questions[index], verdict: "left", strength: 1, criteria: {}, quality: {}, edits: {}, ranking: null })
  server.last = [given(5), given(4)]
  const entry = { vote: { id: "undo", verdict: "withdrawn", question: "q5", turn: 0, supersedes: "old5" }, question: server.questions[5] }
  localStorage.setItem(`${server.scope}.vote.000000000000001.000001.undo`, JSON.stringify(entry))
  const unmount = mountTask(server.component)
  await loaded()
  press("u")
  await settled()
  equal([drawn(), [...server.stored.values()].map((vote) => vote.supersedes)], ["q4:0", ["old5", "old4"]])
  unmount()
})
