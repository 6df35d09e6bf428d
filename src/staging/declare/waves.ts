/** What each release depends on, by name; every dependency is a key of its own. */
export type Graph = Map<string, string[]>

/** The shortest way from `start` back to itself, both ends included, or undefined. */
const cycleThrough = (start: string, graph: Graph): string[] | undefined => {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const at of queue)
    for (const next of graph.get(at) ?? []) {
      if (next === start) {
        const back = [start, at]
        for (let step = at; step !== start;) {
          step = cameFrom.get(step) as string
          back.push(step)
        }
        return at === start ? [start, start] : back.reverse()
      }
      if (cameFrom.has(next)) continue
      cameFrom.set(next, at)
      queue.push(next)
    }
  return undefined
}

const cyclesOf = (names: string[], graph: Graph): string[][] => {
  const told = new Set<string>()
  const cycles: string[][] = []
  for (const name of names.toSorted()) {
    if (told.has(name)) continue
    const cycle = cycleThrough(name, graph)
    if (cycle === undefined) continue
    for (const part of cycle) told.add(part)
    cycles.push(cycle)
  }
  return cycles
}

/**
 * Topological levels: a name is in the wave after the last of those that it depends on; names in a wave are sorted.
 * Where names depend on each other in a circle there are no waves but the cycles, `a, b, a`: so many
 * that every name on a circle is in one of them, the shortest through it or through a name before it.
 */
export const wavesOf = (graph: Graph): { waves: string[][] } | { cycles: string[][] } => {
  const waves: string[][] = []
  const placed = new Set<string>()
  let left = [...graph.keys()].sort()
  while (left.length > 0) {
    const ready = left.filter((name) => (graph.get(name) ?? []).every((other) => placed.has(other)))
    if (ready.length === 0) return { cycles: cyclesOf(left, graph) }
    waves.push(ready)
    for (const name of ready) placed.add(name)
    left = left.filter((name) => !placed.has(name))
  }
  return { waves }
}
