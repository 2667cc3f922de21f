// Keeps the chosen language for the next visit, and declares it to the browser.

export default function rememberLanguage({ data }) {
  document.cookie = `${data.cookie}=${data.language}; path=/; max-age=31536000; SameSite=Strict`
  document.documentElement.lang = data.language === "zh" ? "zh-CN" : data.language
}
