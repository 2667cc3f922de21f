"""What the browser itself is told: the language of the page, also for the next visit."""

import streamlit as st

_browser = st.components.v2.component(
    "alignlab_browser",
    html="<i></i>",
    js="""export default ({ data }) => {
      document.cookie = `${data.cookie}=${data.language}; path=/; max-age=31536000; SameSite=Strict`
      document.documentElement.lang = data.language === "zh" ? "zh-CN" : data.language
    }""",
    isolate_styles=False,
)


def remember(cookie: str, language: str) -> None:
    """Keep the language for the next visit, and tell the browser which one the page is written in."""
    with st.container(key="browser"):
        _browser(key="browser_language", data={"cookie": cookie, "language": language})
