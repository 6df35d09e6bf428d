import type { Dice } from '../../../core/explained.ts'

/**
 * The functions of helm 4 whose results differ though their arguments do not: sprig 3.3 (`functions.go`) without what helm takes
 * away or replaces (`pkg/engine`: no `env`, and `getHostByName` answers nothing without `--enable-dns`). Not among them: `derivePassword`,
 * `buildCustomCert` and `decryptAES`, which only transform. Dates take the present time where they are given no time.
 */
const functions: { [by in Dice['by']]: string[] } = {
  chance: [
    'bcrypt',
    'encryptAES',
    'genCA',
    'genCAWithKey',
    'genPrivateKey',
    'genSelfSignedCert',
    'genSelfSignedCertWithKey',
    'genSignedCert',
    'genSignedCertWithKey',
    'htpasswd',
    'randAlpha',
    'randAlphaNum',
    'randAscii',
    'randBytes',
    'randInt',
    'randNumeric',
    'shuffle',
    'uuidv4',
  ],
  clock: ['ago', 'date', 'dateInZone', 'date_in_zone', 'durationRound', 'htmlDate', 'htmlDateInZone', 'now'],
  order: ['keys', 'values'],
}

/** Why each function's result differs, by its name. */
export const diceFunctions: ReadonlyMap<string, Dice['by']> = new Map(
  (['chance', 'clock', 'order'] as const).flatMap((by) =>
    functions[by].map((name): [string, Dice['by']] => [name, by]),
  ),
)

/** After these the order of a list makes no difference any more. */
export const settlesOrder: ReadonlySet<string> = new Set(['sortAlpha', 'len', 'has', 'mustHas'])

/** These hand on the elements of a list, whatever their order. */
export const keepsOrder: ReadonlySet<string> = new Set([
  'compact',
  'mustCompact',
  'uniq',
  'mustUniq',
  'without',
])
