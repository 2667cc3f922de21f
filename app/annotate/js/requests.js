// The requests of a judging task, and what may go wrong with them.

const PATIENCE_MS = 20_000
const HEADERS = { "Content-Type": "application/json", "X-AlignLab": "1" }

// Why a request brought nothing: the status of the answer (0: none came) and the server's sentence.
export class Failure extends Error {
  constructor(status, sentence = "") {
    super(sentence)
    this.status = status
  }
}

export function readQueue(url, count) {
  return answerOf(`${url}&count=${count}`, { cache: "no-store" })
}

export function postVotes(url, round, judgements) {
  return answerOf(url, { method: "POST", headers: HEADERS, body: JSON.stringify({ ...round, judgements }) })
}

// Sent also while the page closes. What fails is given back by time.
export function giveBack(url, round) {
  const request = { method: "POST", headers: HEADERS, body: JSON.stringify(round), keepalive: true }
  answerOf(url, request).catch(() => {})
}

async function answerOf(url, options) {
  let response
  try {
    response = await fetch(url, { ...options, redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) })
  } catch {
    throw new Failure(0)
  }
  const answer = await response.json().catch(() => null)
  if (response.type === "opaqueredirect") throw new Failure(401) // to the page for signing in
  if (!response.ok) throw new Failure(response.status, answer?.error ?? "")
  if (answer === null) throw new Failure(0)
  return answer
}
