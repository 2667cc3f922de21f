import { fetchJson } from "../../../app/bridge/js/fetch_json.js"
import { equal, test } from "../harness.js"

const loaded = (frame) => new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }))

// Whether a page that runs this code is loaded again where its reader is signed out.
async function isLoadedAgain(code) {
  const frame = document.createElement("iframe")
  frame.src = "/"
  const first = loaded(frame)
  document.body.append(frame)
  await first
  const again = loaded(frame).then(() => true)
  frame.contentWindow.fetch = () => Promise.resolve(new Response("", { status: 401 }))
  frame.contentWindow.eval(code)
  const answer = await Promise.race([again, new Promise((resolve) => setTimeout(() => resolve(false), 900))])
  frame.remove()
  return answer
}

const feed = (path, use) => isLoadedAgain(`import("/app/${path}").then((module) => (${use})(module))`)

test("whoever is signed out is led to signing in, by every reader of our server", async () => {
  const fragment = `({ default: mount }) => {
    document.body.innerHTML = '<div class="al-fragment"></div>'
    mount({ data: { html: "", every: 0.01, url: "/f" }, parentElement: document.body })
  }`
  equal(await feed("bridge/js/fragment.js", fragment), true)
  equal(await feed("charts/js/points_feed.js", '({ PointsFeed }) => new PointsFeed("/p?").readNews()'), true)
  equal(await feed("samples/js/reading.js", '({ Reading }) => new Reading("/s/", "run=r").list("overview")'), true)
  const lens = `({ default: mount }) => {
    document.body.innerHTML = '<div class="al-lens"></div>'
    mount({ data: { run: "r", choice: {}, url: "/t", words: {} }, parentElement: document.body })
  }`
  equal(await feed("tokens/js/lens.js", lens), true)
})

test("another status is an error of that name, and an answer is read", async () => {
  window.fetch = () => Promise.resolve(new Response("", { status: 503 }))
  equal(await fetchJson("/x").catch(({ message }) => message), "503")
  window.fetch = () => Promise.resolve(new Response('{"a": 1}'))
  equal(await fetchJson("/x"), { a: 1 })
})
