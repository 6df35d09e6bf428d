import type { Told } from '../../../src/core/stepper.ts'
import { problem } from '../../../src/core/problem.ts'

/** A run of three releases, one of which fails, as it is told. */
export const run: Told[] = [
  { tell: 'stage', stage: 'declare', state: 'started' },
  { tell: 'stage', stage: 'declare', state: 'done', note: '3 releases' },
  { tell: 'stage', stage: 'render', state: 'started' },
  { tell: 'subject', stage: 'render', subject: 'cert-manager', state: 'waiting' },
  { tell: 'subject', stage: 'render', subject: 'db', state: 'waiting' },
  { tell: 'subject', stage: 'render', subject: 'web', state: 'waiting' },
  { tell: 'subject', stage: 'render', subject: 'cert-manager', state: 'working' },
  { tell: 'subject', stage: 'render', subject: 'db', state: 'working', note: 'helm template' },
  { tell: 'subject', stage: 'render', subject: 'db', state: 'working', note: 'helm template' },
  { tell: 'words', from: 'helm', text: 'level=WARN msg="\u001B[31mx"\nsecond line\n' },
  {
    tell: 'warning',
    problem: problem({
      code: 'render/deprecated',
      severity: 'warning',
      what: 'The chart of db is deprecated.',
      where: [{ in: 'release', release: 'db' }],
      fix: 'Look for its successor.',
    }),
  },
  { tell: 'subject', stage: 'render', subject: 'cert-manager', state: 'done', note: '42 objects' },
  { tell: 'subject', stage: 'render', subject: 'web', state: 'working' },
  { tell: 'subject', stage: 'render', subject: 'db', state: 'done', note: '9 objects' },
  { tell: 'subject', stage: 'render', subject: 'web', state: 'failed', note: 'template error' },
  { tell: 'stage', stage: 'render', state: 'failed' },
]
