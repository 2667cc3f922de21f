// Keeps the chosen language for the next visit, and declares it and the theme to the browser: every page has this.

import { declareTheme } from "./theme.js"

export default function rememberLanguage({ data, parentElement }) {
  declareTheme(parentElement)
  document.cookie = `${data.cookie}=${data.language}; path=/; max-age=31536000; SameSite=Strict`
  document.documentElement.lang = data.language === "zh" ? "zh-CN" : data.language
}
