import { against, fromQuery, nearestStep, toQuery, urlAgainst, urlOf, written } from "../../app/tokens/js/lens_choice.js"
import { equal, test } from "./harness.js"

test("an address is read and written without what was not chosen", () => {
  const choice = fromQuery({ step: "50", show: "ratio", other: "x" })
  equal(choice, { step: "50", part: null, prompt: null, show: "ratio", against: null })
  equal(toQuery(choice), { step: "50", show: "ratio" })
  equal([written(choice), written(fromQuery({}))], ['{"step":"50","show":"ratio"}', "{}"])
})

test("a prompt that the tab Samples left in the address is that of a sampled answer", () => {
  equal([fromQuery({ prompt: "3" }).part, fromQuery({ prompt: "3", part: "pairs" }).part], ["answers", "pairs"])
})

test("the server is asked for what was chosen", () => {
  equal(urlOf("tokens?language=en", "r1", fromQuery({ step: "50", prompt: "3" })), "tokens?language=en&run=r1&step=50&part=answers&prompt=3")
  equal(urlOf("tokens?language=en", "r1", fromQuery({})), "tokens?language=en&run=r1")
})

test("what is compared with is a step of the run itself, or of another run", () => {
  equal(against(fromQuery({ against: "@0" }), "r1"), { run: "r1", step: "0" })
  equal(against(fromQuery({ against: "r2@75" }), "r1"), { run: "r2", step: "75" })
  equal([undefined, "r2", "r2@"].map((text) => against(fromQuery({ against: text }), "r1")), [null, null, null])
  equal(urlAgainst("tokens?language=en", { run: "r2", step: "75" }, { part: "pairs", key: "ab.0" }), "tokens?language=en&run=r2&step=75&part=pairs&like=ab.0")
})

test("another run is compared at the same step, or at the last one before it", () => {
  equal([50, 60, 500, -1].map((step) => nearestStep([0, 50, 100], step)), [50, 50, 100, 0])
})
