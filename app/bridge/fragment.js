// A fragment of a page that keeps itself up to date: it fetches its own markup from the server and changes only what
// differs, so that bars glide, numbers tick and a hovered row stays hovered. The markup is escaped where it is made.

const WAIT_AFTER_FAILURE_MS = 3000
const REST_MS = 250

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".al-fragment")
  let timer = null
  let gone = false
  let version = data.version
  const picked = (root.picked ??= new Set()) // kept when rows come, go and move

  show(data.html)
  schedule(data.every)
  root.onclick = press
  root.onchange = pick
  document.addEventListener("visibilitychange", wake)
  return () => {
    gone = true
    clearTimeout(timer)
    document.removeEventListener("visibilitychange", wake)
  }

  function schedule(every) {
    clearTimeout(timer)
    if (!gone && every) timer = setTimeout(refresh, every * 1000)
  }

  // A hidden tab asks for nothing; it asks at once when it is seen again.
  function wake() {
    if (!document.hidden && data.every) refresh()
  }

  async function refresh() {
    if (document.hidden || gone) return
    try {
      const answer = await fetch(data.url, { cache: "no-store" })
      if (!answer.ok) throw new Error(answer.status)
      const fresh = await answer.json()
      if (gone) return
      show(fresh.html)
      root.removeAttribute("data-behind")
      if (fresh.version !== version) tell((version = fresh.version))
      schedule(fresh.every)
    } catch {
      if (!root.hasAttribute("data-behind")) root.setAttribute("data-behind", data.stale.replace("{time}", clock(Date.now())))
      schedule(WAIT_AFTER_FAILURE_MS / 1000)
    }
  }

  // The page runs again once it has come to rest: in one that is being drawn, what was just filled in would be lost.
  function tell(changed, rested = false) {
    if (gone || changed !== version) return
    const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState ?? "notRunning"
    const resting = state === "notRunning"
    if (rested && resting) setTriggerValue("changed", changed)
    else setTimeout(tell, REST_MS, changed, resting)
  }

  function show(html) {
    // Dialogs and popovers hang outside the app's own element, which alone knows whether the theme is light or dark.
    document.documentElement.style.colorScheme = getComputedStyle(root).colorScheme
    const next = document.createElement("div")
    next.innerHTML = html
    next.querySelectorAll("time[data-at]").forEach((node) => {
      const at = new Date(Number(node.dataset.at) * 1000)
      node.textContent = node.dataset.form === "time" ? clock(at) : date(at, node.dataset.form)
      node.title = at.toLocaleString(data.language)
    })
    next.querySelectorAll("[data-pick]").forEach((box) => (box.checked = picked.has(box.dataset.pick)))
    const end = [...root.querySelectorAll("[data-follow]")].filter(atEnd).map((node) => node.id)
    morph(root, next)
    root.querySelectorAll("[data-follow]").forEach((node) => {
      if (end.includes(node.id) || !node.dataset.seen) node.scrollTop = node.scrollHeight
      node.dataset.seen = "yes"
    })
  }

  function pick(event) {
    const one = event.target.dataset.pick
    if (!one) return
    if (!picked.delete(one)) picked.add(one)
    setStateValue("picked", [...picked])
  }

  function press(event) {
    const target = event.target.closest("[data-go], [data-do]")
    if (!target || target.ariaDisabled === "true") return
    if (target.dataset.do) {
      setTriggerValue("do", { do: target.dataset.do, id: target.dataset.id })
    } else if (!(event.metaKey || event.ctrlKey || event.shiftKey || event.button)) {
      event.preventDefault()
      setTriggerValue("go", { page: target.dataset.go, ...Object.fromEntries(new URL(target.href).searchParams) })
    }
  }

  function clock(at) {
    return new Intl.DateTimeFormat(data.language, { hour: "2-digit", minute: "2-digit", hour12: false }).format(at)
  }

  function date(at, form) {
    const day = { month: "short", day: "numeric" }
    const hour = form === "both" ? { hour: "2-digit", minute: "2-digit", hour12: false } : {}
    return new Intl.DateTimeFormat(data.language, { ...day, ...hour }).format(at)
  }
}

const atEnd = (node) => node.scrollHeight - node.scrollTop - node.clientHeight < 40

// Makes the children of `old` like those of `next`, keeping every node that can stay.
function morph(old, next) {
  const wanted = [...next.childNodes]
  wanted.forEach((node, index) => {
    const present = old.childNodes[index]
    if (!present) old.appendChild(node)
    else if (present.nodeType !== node.nodeType || present.nodeName !== node.nodeName) present.replaceWith(node)
    else if (node.nodeType === Node.TEXT_NODE) {
      if (present.data !== node.data) present.data = node.data
    } else {
      for (const { name, value } of [...node.attributes]) if (present.getAttribute(name) !== value) present.setAttribute(name, value)
      for (const { name } of [...present.attributes])
        if (!node.hasAttribute(name) && name !== "data-seen") present.removeAttribute(name)
      if (present.type === "checkbox") present.checked = node.checked
      morph(present, node)
    }
  })
  while (old.childNodes.length > wanted.length) old.lastChild.remove()
}
