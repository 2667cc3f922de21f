import { AddressEcho } from "../../app/bridge/js/address_echo.js"
import { equal, test } from "./harness.js"

function standing(text) {
  const echo = new AddressEcho()
  echo.isNews(text)
  return echo
}

test("the first address is news, and the same again is none", () => {
  const echo = new AddressEcho()
  equal([echo.isNews("a"), echo.isNews("a")], [true, false])
})

test("what comes back of what was written is no news, whatever is left out on its way", () => {
  const echo = standing("a")
  equal(["b", "c", "c", "d"].map((text) => echo.write(text)), [true, true, false, true])
  equal([echo.isNews("a"), echo.isNews("b"), echo.isNews("d")], [false, false, false])
  equal([echo.write("d"), echo.isNews("b")], [false, true])
})

test("what was written and taken back at once leaves nothing behind", () => {
  const echo = standing("a")
  equal([echo.write("b"), echo.write("a"), echo.isNews("a")], [true, true, false])
  equal([echo.isNews("b"), echo.isNews("a")], [true, true], "Back and forth are news")
})
