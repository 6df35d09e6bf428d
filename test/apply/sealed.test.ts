import { generateIdentity, identityToRecipient } from 'age-encryption'
import test from 'ava'
import { sealedValues } from '../../src/control-plane/site-values/sealed.ts'
import type { Sealer } from '../../src/core/effects/sealer.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { placeholderOf } from '../../src/core/site-values/placeholder.ts'
import type { SiteValue } from '../../src/core/site-values/recipe.ts'
import { clock } from '../../src/system/clock.ts'
import { openSealer } from '../../src/system/sealer.ts'
import { bundleOf } from './set.ts'

const sealerWith = async (key?: string): Promise<Sealer> => {
  const opened = await openSealer({ environment: { SOPS_AGE_KEY: key }, clock })
  if (!opened.ok) throw new Error(opened.problems[0].what)
  return opened.value
}

const [own, others] = [await generateIdentity(), await generateIdentity()]
const recipient = await identityToRecipient(own)

const file = 'releases/web/secrets.yaml'
const value = (pointer: string): SiteValue => ({
  id: `sops:${file}#${pointer}`,
  recipe: { made: 'sealed', file, pointer },
  places: [],
})

const values: JsonObject = {
  db: { password: 'hunter2hunter2', users: ['first-user', 'second-user'], empty: '', number: 5 },
  clear: { password: 'in-clear-in-clear' },
  placeholder: placeholderOf('web/x', 'value'),
  encoded: btoa(btoa(placeholderOf('web/x', 'value'))),
}
const seal = async (): Promise<string> => {
  const sealed = await (
    await sealerWith()
  ).seal(values, { recipients: [recipient], encryptedRegex: '^(db|placeholder|encoded)$' })
  if (!sealed.ok) throw new Error(sealed.problems[0].what)
  return sealed.value
}
const text = await seal()

const open = async (siteValues: SiteValue[], sealed: string | undefined, sealer: Sealer | undefined) =>
  await sealedValues(
    {
      ...bundleOf('sealed', 1, []),
      ...(sealed === undefined ? {} : { sealed: new Map([[file, sealed]]) }),
    },
    siteValues,
    sealer,
  )

test('what travels sealed is opened with the key of the control plane', async (t) => {
  const opened = await open([value('/db/password'), value('/db/users/1')], text, await sealerWith(own))
  t.deepEqual(opened.ok && Array.from(opened.value), [
    [`sops:${file}#/db/password`, { value: 'hunter2hunter2' }],
    [`sops:${file}#/db/users/1`, { value: 'second-user' }],
  ])
  t.true((await open([], undefined, undefined)).ok)
})

const faults: [
  title: string,
  pointer: string,
  change: (text: string) => string | undefined,
  key: string | undefined,
  told: RegExp,
][] = [
  ['no identity', '/db/password', (one) => one, undefined, /^sops\/no-identity.*--identity FILE/],
  [
    'an identity of somebody else',
    '/db/password',
    (one) => one,
    others,
    /^sops\/wrong-identity.*--identity FILE/,
  ],
  [
    'a value in clear that was altered',
    '/db/password',
    (one) => one.replace('in-clear-in', 'xx-clear-in'),
    own,
    /^sops\/wrong-mac/,
  ],
  [
    'a ciphertext that was altered',
    '/db/password',
    (one) => one.replace('data:', 'data:AAAA'),
    own,
    /^sops\/not-decrypted/,
  ],
  ['a file that was cut off', '/db/password', (one) => one.slice(0, 300), own, /^sops\//],
  [
    'a file that is no longer there',
    '/db/password',
    () => undefined,
    own,
    /^apply\/sealed-site-value.*does not hold it/,
  ],
  ['a pointer to nothing', '/db/pasword', (one) => one, own, /has no text at \/db\/pasword/],
  ['a pointer through a prototype', '/constructor/name', (one) => one, own, /has no text at/],
  ['a pointer to a number', '/db/number', (one) => one, own, /has no text at/],
  ['a value that is not encrypted', '/clear/password', (one) => one, own, /in clear/],
  ['an empty value', '/db/empty', (one) => one, own, /is empty/],
  ['a placeholder', '/placeholder', (one) => one, own, /a placeholder lies at/],
  ['a placeholder in base64 in base64', '/encoded', (one) => one, own, /a placeholder lies at/],
]
for (const [title, pointer, change, key, told] of faults)
  test(`refused, without a value in the message: ${title}`, async (t) => {
    const opened = await open([value(pointer), value('/db/users/0')], change(text), await sealerWith(key))
    const problems = opened.ok ? [] : opened.problems
    t.regex(problems.map(({ code, what, fix }) => `${code} ${what} ${fix}`).join('\n'), told)
    t.notRegex(JSON.stringify(problems), /hunter2|first-user|in-clear-in-clear|SECRET-KEY/)
    t.true(
      problems.every(({ where: [where] }) => where?.in === 'bundle' && where.member === `sealed/${file}`),
    )
  })
