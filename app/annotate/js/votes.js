// What a person has set for a question before the verdict, and the vote that is made of it.

export function emptyDraft() {
  return { criteria: {}, quality: {}, edits: {}, ranking: [], reasons: [], comment: null, flag: null, seconds: 0 }
}

export function isEmpty(draft) {
  return JSON.stringify({ ...draft, seconds: 0 }) === JSON.stringify(emptyDraft())
}

// What stood beside an earlier verdict, to go on from.
export function draftOf(vote) {
  const { criteria, quality, edits, ranking, comment, flag } = { ...emptyDraft(), ...vote }
  return { ...emptyDraft(), criteria, quality, edits, ranking: ranking ?? [], comment, flag }
}

export function makeVote(question, draft, { verdict, strength = null, reasons = [], ...more }) {
  return {
    id: uuid(),
    question: question.id,
    turn: question.turn ?? 0,
    verdict,
    strength: verdict === "left" || verdict === "right" ? (strength ?? 1) : null,
    ranking: verdict === "ranking" ? draft.ranking : null,
    criteria: draft.criteria,
    quality: draft.quality,
    edits: draft.edits,
    reasons,
    comment: draft.comment,
    flag: draft.flag,
    supersedes: null,
    ...more,
  }
}

// The vote that takes another one back.
export function withdrawal(entry, guideline) {
  const about = { verdict: "withdrawn", seconds: 0, guideline_version: guideline, supersedes: entry.judgement_id }
  return makeVote(entry.question, emptyDraft(), about)
}

// What a vote that has not arrived changes in the count of the person's verdicts.
export function countChange(vote) {
  if (vote.verdict === "withdrawn") return -1
  return vote.supersedes ? 0 : 1
}

// crypto.randomUUID exists on secure addresses only.
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}
