/** Loaded into a run before all else (`node --import`): writes the run's own peak of resident memory, in MiB, to the file that PEAK_MEMORY names. */
import { writeFileSync } from 'node:fs'

const file = process.env['PEAK_MEMORY']
if (file !== undefined)
  process.once('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS / 1024)))
