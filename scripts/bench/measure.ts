/** Seconds that one call of `run` takes. */
const timed = async (run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await run()
  return (performance.now() - start) / 1000
}

/** The middle one, or the mean of the two middle ones. */
export const median = (figures: number[]): number => {
  const sorted = [...figures].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

/** One thing measured several times. */
export interface Figure {
  name: string
  seconds: number[]
}

/** Something to measure; what `before` does is not counted. */
export interface Contender {
  name: string
  before?: (round: number) => Promise<unknown>
  run: (round: number) => Promise<unknown>
}

/** Runs the contenders in turn, round after round, so that a machine that slows down slows all of them. */
export const alternate = async (rounds: number, contenders: Contender[]): Promise<Figure[]> => {
  const figures = contenders.map(({ name }): Figure => ({ name, seconds: [] }))
  for (let round = 0; round < rounds; round += 1)
    for (const [index, { before, run }] of contenders.entries()) {
      await before?.(round)
      figures[index]?.seconds.push(await timed(() => run(round)))
    }
  return figures
}

/** A table: median, spread and the ratio of the first figure to each of the others. */
export const table = (title: string, figures: Figure[]): string => {
  const ours = median(figures[0]?.seconds ?? [])
  const rows = figures.map(({ name, seconds }, index) => {
    const middle = median(seconds)
    const spread = `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`
    const ratio = index === 0 ? '' : `ours is ${(ours / middle).toFixed(2)} × this`
    return `  ${name.padEnd(52)} ${middle.toFixed(2).padStart(6)} s  (${spread})  ${ratio}`.trimEnd()
  })
  return [`${title} (medians of ${figures[0]?.seconds.length ?? 0}, in turn)`, ...rows].join('\n')
}

/** The budgets that were missed, in words. */
export const missed: string[] = []

/** A figure beside what it may be at most. A budget that is missed is remembered in `missed`; an aim that is missed is told as one and fails nothing. */
export const budget = (
  what: string,
  figure: number,
  most: number,
  unit: string,
  kind: 'budget' | 'aim' = 'budget',
): string => {
  const verdict = figure <= most ? 'ok' : kind === 'aim' ? 'not reached' : 'OVER'
  const line = `${what}: ${figure.toFixed(2)} ${unit}, ${kind} ${most} ${unit}: ${verdict}`
  if (verdict === 'OVER') missed.push(line)
  return `  ${line}`
}

/** The first figure's median as a multiple of the second's. */
export const ratio = ([ours, theirs]: Figure[]): number =>
  median(ours?.seconds ?? []) / median(theirs?.seconds ?? [])
