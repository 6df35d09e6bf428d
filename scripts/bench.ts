/**
 * `make bench`: ratios to peers, measured in one run, in turn. Rendering against bare `helm template` run as parallel as there are
 * cores, beside what it may cost; finding and rewriting images; apply and no-op apply of 1,000 objects against a raw client and against kubectl's ApplySet, on one
 * real API server. BENCH_CORPUS=FOLDER renders that site instead of a generated one, BENCH_ROUNDS says how often; `--render` leaves
 * the applying out. Ends with 1 where a budget is missed, and names it.
 */
import { benchApply } from './bench/apply.ts'
import { benchImages } from './bench/images.ts'
import { missed } from './bench/measure.ts'
import { benchRender } from './bench/render.ts'

const rounds = process.env['BENCH_ROUNDS']
await benchRender(Number(rounds ?? 5))
await benchImages(Number(rounds ?? 5))
if (!process.argv.includes('--render')) await benchApply(Number(rounds ?? 3))
if (missed.length > 0) {
  console.error(['Missed budgets:', ...missed].join('\n  '))
  process.exitCode = 1
}
