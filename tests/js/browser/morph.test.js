import { morph } from "../../../app/bridge/js/morph.js"
import { equal, test } from "../harness.js"

function mounted(html) {
  const root = document.createElement("div")
  root.innerHTML = html
  document.body.replaceChildren(root)
  return root
}

function change(root, html, prepare = () => {}) {
  const next = document.createElement("div")
  next.innerHTML = html
  prepare(next)
  morph(root, next)
}

test("markup becomes what is given", () => {
  const root = mounted("")
  const markups = ["<p>1</p>", '<p class="a">2</p><b>x</b>', "text", "<table><tbody><tr><td>1</td></tr></tbody></table>", ""]
  for (const html of markups) {
    change(root, html)
    equal(root.innerHTML, html)
  }
})

test("the element's own attributes stay", () => {
  const root = mounted("<p>1</p>")
  root.className = "al-fragment"
  change(root, "<p>2</p>")
  equal(root.className, "al-fragment")
})

const fold = (words) => `<details><summary>more</summary>${words}</details>`

test("a fold that a reader opened stays open until its text is another", () => {
  const root = mounted(fold("one"))
  root.firstChild.open = true
  change(root, `${fold("one")}<p>new</p>`)
  equal(root.firstChild.open, true)
  change(root, fold("two"))
  equal(root.firstChild.open, false)
})

test("nodes stay, so that what is focused stays focused", () => {
  const root = mounted('<p>1</p><a href="#x">go</a>')
  const link = root.querySelector("a")
  link.focus()
  change(root, '<p class="new">2</p><a href="#x" title="t">go</a><p>3</p>')
  equal([root.querySelector("a") === link, document.activeElement === link, link.title], [true, true, "t"])
})

test("an element that is the same is not touched", async () => {
  const root = mounted('<ul><li class="a">1</li><li>2</li></ul>')
  const records = []
  const observer = new MutationObserver((fresh) => records.push(...fresh))
  observer.observe(root, { attributes: true, childList: true, characterData: true, subtree: true })
  change(root, '<ul><li class="a">1</li><li>2</li></ul>')
  await Promise.resolve()
  equal(records.length, 0)
  observer.disconnect()
})

test("a checkbox is ticked as the fresh markup says", () => {
  const root = mounted('<input type="checkbox">')
  const box = root.firstChild
  change(root, '<input type="checkbox">', (next) => (next.firstChild.checked = true))
  equal([root.firstChild === box, box.checked], [true, true])
  box.checked = true // as a press does
  change(root, '<input type="checkbox">')
  equal(box.checked, false)
})

const log = (lines, id = "log") =>
  `<pre id="${id}" data-follow style="height:50px;overflow:auto;margin:0">${"line\n".repeat(lines)}</pre>`

test("a log that is new shows its end, and follows it", () => {
  const root = mounted("")
  change(root, log(50))
  const node = root.firstChild
  const end = () => node.scrollHeight - node.scrollTop - node.clientHeight
  equal(end() < 2, true)
  change(root, log(90))
  equal([root.firstChild === node, end() < 2], [true, true])
})

test("a log that was scrolled back stays where it is", () => {
  const root = mounted("")
  change(root, log(50))
  root.firstChild.scrollTop = 30
  change(root, log(90))
  equal(root.firstChild.scrollTop, 30)
  change(root, log(91))
  equal(root.firstChild.scrollTop, 30)
})
