// Runs the test files named on the command line and prints each test's outcome as JSON.

import { outcomes } from "./harness.js"

const files = {}
for (const file of globalThis.process.argv.slice(2)) files[file] = await outcomes(new URL(file, import.meta.url))
console.log(JSON.stringify(files))
