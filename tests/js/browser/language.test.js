import rememberLanguage from "../../../app/bridge/js/language.js"
import { equal, test } from "../harness.js"

test("the language is declared to the browser and kept for the next visit", () => {
  rememberLanguage({ data: { cookie: "alignlab_language", language: "zh" } })
  equal([document.documentElement.lang, document.cookie], ["zh-CN", "alignlab_language=zh"])
  rememberLanguage({ data: { cookie: "alignlab_language", language: "en" } })
  equal([document.documentElement.lang, document.cookie], ["en", "alignlab_language=en"])
})
