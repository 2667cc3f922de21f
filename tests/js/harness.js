// A small test harness that runs in Node and in browsers alike, so that neither needs packages from npm.

const cases = []

export function test(name, body) {
  cases.push({ name, body })
}

export function equal(actual, expected) {
  const [left, right] = [actual, expected].map((value) => JSON.stringify(value, keepUnwritable))
  if (left !== right) throw new Error(`${left} is not ${right}`)
}

// Runs the tests of one file; its URL is relative to this file. Each name with its failure, or null.
export async function outcomes(url) {
  cases.length = 0
  await import(url)
  const results = []
  // One after the other: tests of a page share its document.
  for (const { name, body } of cases) results.push([name, await failure(body)])
  return results
}

async function failure(body) {
  try {
    await body()
    return null
  } catch (error) {
    return String(error.stack ?? error)
  }
}

// JSON would write NaN and infinities as null, and leave out what is undefined.
function keepUnwritable(_key, value) {
  return value === undefined || (typeof value === "number" && !Number.isFinite(value)) ? String(value) : value
}
