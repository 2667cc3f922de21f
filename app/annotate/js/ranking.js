// A ranking in the making: groups of answers from best to worst; those in one group are tied. Some may stay unranked.

export function place(groups, token, tied = false) {
  if (groups.flat().includes(token)) return without(groups, token)
  if (tied && groups.length > 0) return [...groups.slice(0, -1), [...groups.at(-1), token]]
  return [...groups, [token]]
}

export function without(groups, token) {
  return groups.map((group) => group.filter((other) => other !== token)).filter((group) => group.length > 0)
}

export function withoutLast(groups) {
  return groups.length ? without(groups, groups.at(-1).at(-1)) : groups
}

// The rank of an answer as people count: after two firsts comes a third. 0: not ranked.
export function rankOf(groups, token) {
  const index = groups.findIndex((group) => group.includes(token))
  return index < 0 ? 0 : groups.slice(0, index).flat().length + 1
}

// One answer alone says nothing about any other.
export function isRanking(groups) {
  return groups.flat().length >= 2
}
