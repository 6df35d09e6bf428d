/**
 * `make bench`: ratios to peers, measured in one run, in turn. Rendering against bare `helm template` run as parallel as there are
 * cores, beside what it may cost; apply and no-op apply of 1,000 objects against a raw client and against kubectl's ApplySet, on one
 * real API server. BENCH_CORPUS=FOLDER renders that site instead of a generated one, BENCH_ROUNDS says how often; `--render` leaves
 * the applying out.
 */
import { benchApply } from './bench/apply.ts'
import { benchRender } from './bench/render.ts'

const rounds = process.env['BENCH_ROUNDS']
await benchRender(Number(rounds ?? 5))
if (!process.argv.includes('--render')) await benchApply(Number(rounds ?? 3))
