import mountBusyButton from "../../../app/bridge/js/busy_button.js"
import { equal, test } from "../harness.js"

const data = { name: "go", words: "Launching" }

function button() {
  document.body.innerHTML = '<div data-testid="stApp"><div class="st-key-go"><button>Launch</button></div></div>'
  const node = document.querySelector("button")
  node.presses = 0
  document.querySelector(".st-key-go").addEventListener("click", () => (node.presses += 1))
  return node
}

test("a press is answered in words at once, and a second one does nothing", () => {
  const node = button()
  const unmount = mountBusyButton({ data })
  node.click()
  node.click()
  equal([node.presses, node.dataset.busy, node.ariaBusy], [1, "Launching", "true"])
  unmount()
})

test("a button stays busy through a rerun of the page, and is released once the page rests", async () => {
  const node = button()
  const app = document.querySelector("[data-testid=stApp]")
  app.dataset.testScriptState = "running"
  mountBusyButton({ data })()
  const unmount = mountBusyButton({ data })
  node.click()
  await new Promise((resolve) => setTimeout(resolve, 1300))
  equal(node.dataset.busy, "Launching")
  app.dataset.testScriptState = "notRunning"
  await new Promise((resolve) => setTimeout(resolve, 1500))
  equal([node.dataset.busy, node.ariaBusy], [undefined, null])
  node.click()
  equal(node.presses, 2)
  unmount()
})

test("other buttons, and one that is shut, are left alone", () => {
  const node = button()
  node.disabled = true
  const unmount = mountBusyButton({ data: { name: "other", words: "…" } })
  node.disabled = false
  node.click()
  equal([node.presses, node.dataset.busy], [1, undefined])
  unmount()
})
