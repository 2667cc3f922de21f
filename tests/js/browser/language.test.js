import rememberLanguage from "../../../app/bridge/js/language.js"
import { equal, test } from "../harness.js"

const parentElement = document.body

test("the language is declared to the browser and kept for the next visit", () => {
  rememberLanguage({ data: { cookie: "alignlab_language", language: "zh" }, parentElement })
  equal([document.documentElement.lang, document.cookie], ["zh-CN", "alignlab_language=zh"])
  rememberLanguage({ data: { cookie: "alignlab_language", language: "en" }, parentElement })
  equal([document.documentElement.lang, document.cookie], ["en", "alignlab_language=en"])
})

test("the page's theme is declared to what hangs outside the app's own element", () => {
  document.body.style.colorScheme = "dark"
  rememberLanguage({ data: { cookie: "alignlab_language", language: "en" }, parentElement })
  equal(document.documentElement.style.colorScheme, "dark")
})
