import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { compareSync } from 'bcryptjs'
import { forgetful } from '../../../src/core/effects/memory.ts'
import type { Sealer } from '../../../src/core/effects/sealer.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { good } from '../../../src/core/problem.ts'
import type { Outcome, Problem } from '../../../src/core/problem.ts'
import type { RenderedRelease } from '../../../src/core/records.ts'
import { placeholderOf } from '../../../src/core/site-values/placeholder.ts'
import { declare } from '../../../src/staging/declare/declare.ts'
import { render } from '../../../src/staging/render/render.ts'
import { resolve } from '../../../src/staging/resolve/resolve.ts'
import { clock } from '../../../src/system/clock.ts'
import { openFiles } from '../../../src/system/files.ts'
import { openHelm } from '../../../src/system/helm.ts'
import { loadTarget } from '../../../src/system/schemas.ts'
import { openSealer } from '../../../src/system/sealer.ts'
import { openStandIn } from '../../../src/system/stand-in.ts'
import { addTo, chartFiles, problemsOf, siteOf, valueOf } from '../resolve/small-site.ts'

const standIn = await openStandIn()
const sealerWith = async (key: string): Promise<Sealer> =>
  valueOf(await openSealer({ environment: { SOPS_AGE_KEY: key }, clock }))
const own = await generateIdentity()
const sealer = await sealerWith(own)
const strange = await sealerWith(await generateIdentity())
const recipients = [await identityToRecipient(own)]

test.after.always(() => standIn.close())

const password = 'hunter2hunter2hunter2'
const secretsFile = 'releases/web/secrets.yaml'
const sealedFile = 'releases/web/sealed.test.yaml'

const sealed = async (values: JsonObject): Promise<string> =>
  valueOf(await sealer.seal(values, { recipients, encryptedRegex: '^(password|token|key)$' }))

/** A site with one release, whose chart has this template and whose site values are these. */
const siteWith = async (
  t: ExecutionContext,
  template: string,
  siteValues: string,
  values: JsonObject = { db: { user: 'app', password } },
): Promise<string> =>
  await siteOf(t, {
    'releases/site.yaml': `name: site\ntarget: { kubernetes: "1.36", architecture: amd64 }\nimages: { harbor: h.example, projects: {} }\nenvironments: { test: { cluster: c }, other: { cluster: d } }\nsealing: { recipients: [${recipients.join()}] }\n`,
    'releases/lock.yaml': 'helm: 4.1.4\n',
    'releases/web/release.yaml': `namespace: shop\nchart: { path: chart }\nvaluesFiles: [secrets.yaml]\nsiteValues: { ${siteValues} }\n`,
    [secretsFile]: await sealed(values),
    ...chartFiles('web', { 'templates/a.yaml': template }),
  })

const renderSite = async (
  root: string,
  key?: Sealer,
  { insisted = false, environment = 'test' } = {},
): Promise<Outcome<RenderedRelease>> => {
  const files = openFiles(root)
  const declared = valueOf(await declare({ environment }, { files }))
  const helm = valueOf(await openHelm(root, declared.lock.helm))
  const set = valueOf(await resolve(declared, { files, helm }))
  const target = valueOf(await loadTarget('1.36'))
  const rendered = await render(
    { set, target, wanted: new Set(['web']) },
    {
      helm,
      files,
      openStandIn: async () => standIn,
      memory: forgetful,
      tell: () => {},
      openSealing: async () => good(key && { sealer: key, insisted }),
    },
  )
  return rendered.ok ? good(rendered.value.releases[0]!, rendered.warnings) : rendered
}

/** Renders with the key and writes what is sealed; gives the values in it. */
const keep = async (root: string): Promise<{ values: JsonObject; warnings: Problem[] }> => {
  const outcome = await renderSite(root, sealer)
  const fields = valueOf(outcome).sealed!
  await writeFile(join(root, fields.file), fields.text)
  const opened = valueOf(await sealer.openSealed(fields.text, fields.file))
  return { values: opened.values['values'] as JsonObject, warnings: outcome.ok ? outcome.warnings : [] }
}

const textOf = (map: JsonObject, key: string): string => {
  const value = map[key]
  return typeof value === 'string' ? value : ''
}

const stateOf = async (root: string, key?: Sealer): Promise<string | undefined> =>
  valueOf(await renderSite(root, key)).sealed?.state

const codesOf = async (root: string, key?: Sealer, insisted = false): Promise<string[]> =>
  problemsOf(await renderSite(root, key, { insisted })).map(({ code }) => code)

const secret = (fields: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: web }\n${fields}\n`
const sum = 'sum: { sealed: true, at: [{ secret: web, key: sum }] }'
const sumTemplate = secret('stringData: { sum: {{ .Values.db.password | sha256sum }} }')

test('a values file in SOPS format is rendered by placeholders, without its key and without `sops`', async (t) => {
  const root = await siteWith(
    t,
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { all: {{ .Values | toJson | quote }} }\n',
    '',
    { db: { user: 'app', password, key: ['a-first-key', ''] }, port: 5432, off: null },
  )
  const { objects, siteValues } = valueOf(await renderSite(root))
  const placeholder = (pointer: string): string => placeholderOf(`sops:${secretsFile}#${pointer}`, 'value')
  const { db, port, ...others } = JSON.parse(
    textOf(objects[0]!.object['data'] as JsonObject, 'all'),
  ) as JsonObject
  t.deepEqual(db, { user: 'app', password: placeholder('/db/password'), key: [placeholder('/db/key/0'), ''] })
  t.is(port, 5432)
  t.false('sops' in others)
  t.deepEqual(
    siteValues.map(({ recipe }) => recipe),
    ['/db/key/0', '/db/password'].map((pointer) => ({ made: 'sealed' as const, file: secretsFile, pointer })),
  )
})

test('a chart that makes something else of a sealed text is told so, with what to do', async (t) => {
  const [problem] = problemsOf(await renderSite(await siteWith(t, sumTemplate, '')))
  t.is(problem?.code, 'render/transformed-site-value')
  t.regex(problem!.what, /sops:releases\/web\/secrets\.yaml#\/db\/password/)
  t.regex(problem!.fix, /sealed/)
})

test('what is made of a sealed text is sealed with the key, the same with each key holder, and not re-made without', async (t) => {
  const root = await siteWith(t, sumTemplate, sum)
  t.deepEqual(await codesOf(root), ['render/sealed-inputs-changed'])
  const { values } = await keep(root)
  t.deepEqual(values, { sum: createHash('sha256').update(password).digest('hex') })
  t.is(await stateOf(root), 'not re-made')
  t.is(await stateOf(root, sealer), 'same')
  const text = await readFile(join(root, sealedFile), 'utf8')
  t.false(text.includes(createHash('sha256').update(password).digest('hex')))
  const [without, withKey] = [await renderSite(root), await renderSite(root, sealer)]
  t.deepEqual(valueOf(without).objects, valueOf(withKey).objects)
})

const changes: [title: string, change: (root: string) => Promise<unknown>, told: RegExp][] = [
  [
    'the chart',
    (root) => addTo(root, chartFiles('web', { 'templates/b.yaml': '# nothing' })),
    /as this changed: chart\.$/,
  ],
  [
    'a sealed value',
    async (root) =>
      addTo(root, { [secretsFile]: await sealed({ db: { user: 'app', password: 'x'.repeat(20) } }) }),
    /: values of releases\/web\/secrets\.yaml\.$/,
  ],
  [
    'values in clear, and what a field is',
    (root) =>
      addTo(root, {
        'releases/web/release.yaml': `namespace: shop\nchart: { path: chart }\nvaluesFiles: [secrets.yaml]\nvalues: { a: 1 }\nsiteValues: { sum: { sealed: true, at: [{ secret: web, key: sum, after: "" }, { secret: web, key: sum2 }] } }\n`,
        ...chartFiles('web', {
          'templates/a.yaml': sumTemplate.replace(
            'stringData: {',
            'stringData: { sum2: {{ .Values.db.password | sha256sum }},',
          ),
        }),
      }),
    /: chart, order of values, places of web\/sum, values of releases\/web\/release\.yaml\.$/,
  ],
  [
    'the namespace',
    async (root) => {
      const file = join(root, 'releases/web/release.yaml')
      await writeFile(file, (await readFile(file, 'utf8')).replace('namespace: shop', 'namespace: hall'))
    },
    /: namespace, places of web\/sum\.$/,
  ],
  [
    'who can open it',
    async (root) => {
      const file = join(root, 'releases/site.yaml')
      const more = `environments: { test: { cluster: c, sealing: { recipients: [${strange.publicKeys.join()}] } },`
      await writeFile(
        file,
        (await readFile(file, 'utf8')).replace('environments: { test: { cluster: c },', more),
      )
    },
    /is not sealed for age1\w+ yet/,
  ],
  [
    'a field more',
    async (root) => {
      const file = join(root, 'releases/web/release.yaml')
      const more = 'siteValues: { two: { sealed: true, at: [{ secret: web, key: two }] },'
      await writeFile(file, (await readFile(file, 'utf8')).replace('siteValues: {', more))
      await addTo(
        root,
        chartFiles('web', {
          'templates/a.yaml': sumTemplate.replace(
            'stringData: {',
            'stringData: { two: {{ .Values.db.password | sha1sum }},',
          ),
        }),
      )
    },
    /does not hold two yet/,
  ],
]
for (const [title, change, told] of changes)
  test(`without the key, a change of what is sealed is refused by name: ${title}`, async (t) => {
    const root = await siteWith(t, sumTemplate, sum)
    await keep(root)
    await change(root)
    const [problem, more] = problemsOf(await renderSite(root))
    t.is(problem?.code, 'render/sealed-inputs-changed')
    t.regex(problem!.what, told)
    t.is(more, undefined)
    await keep(root)
    t.is(await stateOf(root), 'not re-made')
  })

test('sealing a values file for somebody else as well changes nothing that needs the key', async (t) => {
  const root = await siteWith(t, sumTemplate, sum)
  await keep(root)
  const text = await readFile(join(root, secretsFile), 'utf8')
  const { values } = valueOf(await sealer.openSealed(text, secretsFile))
  const more = [...recipients, ...strange.publicKeys]
  const wider = valueOf(
    await sealer.seal(values, { recipients: more, previous: { text, file: secretsFile } }),
  )
  t.not(wider, text)
  await addTo(root, { [secretsFile]: wider })
  t.is(await stateOf(root), 'not re-made')
})

test('what differs at each render stays as it is sealed, until a sealed values file changes', async (t) => {
  const template = secret(
    'stringData: { key: {{ randAlphaNum 20 }}, login: {{ htpasswd "admin" .Values.db.password | quote }} }',
  )
  const root = await siteWith(
    t,
    template,
    'key: { sealed: true, at: [{ secret: web, key: key }] }, login: { sealed: true, at: [{ secret: web, key: login, after: "admin:" }] }',
  )
  const one = await keep(root)
  t.true(compareSync(password, textOf(one.values, 'login')))
  t.is(await stateOf(root, sealer), 'same')
  await addTo(root, chartFiles('web', { 'templates/b.yaml': '# nothing' }))
  const two = await keep(root)
  t.deepEqual(two, { values: one.values, warnings: [] })
  const more = template.replace('stringData: {', 'stringData: { more: {{ randAlphaNum 20 }},')
  await addTo(root, chartFiles('web', { 'templates/a.yaml': more }))
  const file = join(root, 'releases/web/release.yaml')
  const moreValues = 'siteValues: { more: { sealed: true, at: [{ secret: web, key: more }] },'
  await writeFile(file, (await readFile(file, 'utf8')).replace('siteValues: {', moreValues))
  const beside = await keep(root)
  t.like(beside.values, one.values)
  t.deepEqual(
    beside.warnings.map(({ code }) => code),
    ['render/sealed-beside-kept'],
  )
  await addTo(root, {
    [secretsFile]: await sealed({ db: { user: 'app', password: 'correct-horse-battery' } }),
  })
  const three = await keep(root)
  t.true(compareSync('correct-horse-battery', textOf(three.values, 'login')))
  t.deepEqual(
    three.warnings.map(({ code }) => code),
    ['render/sealed-anew', 'render/sealed-anew', 'render/sealed-anew'],
  )
})

test('bytes that a chart decodes are sealed as the base64 that stands in the Secret', async (t) => {
  const bytes = Buffer.from('00ff10c0ffee00', 'hex').toString('base64')
  const text = Buffer.from('plain text inside').toString('base64')
  for (const key of [bytes, text]) {
    const root = await siteWith(
      t,
      secret('data: { raw: {{ .Values.key | b64dec | b64enc }} }'),
      'raw: { sealed: true, at: [{ secret: web, key: raw }] }',
      { key },
    )
    t.deepEqual((await keep(root)).values, { raw: key })
    const { objects } = valueOf(await renderSite(root))
    // What takes the place of the placeholder is base64 already.
    t.deepEqual(objects[0]!.object['data'], { raw: placeholderOf('web/raw', 'value') })
  }
})

test('what is made of a value that only the control plane has cannot be sealed', async (t) => {
  const template = secret(
    'stringData: { sum: {{ printf "%s%s" .Values.db.password .Values.other | sha256sum }} }',
  )
  const root = await siteWith(t, template, `${sum}, other: { supplied: true }`)
  const file = join(root, 'releases/web/release.yaml')
  await writeFile(file, `${await readFile(file, 'utf8')}values: { other: $(site:other) }\n`)
  t.deepEqual(await codesOf(root, sealer), ['render/sealed-of-site-value'])
})

test('a chart that refuses the real value says where, and not a word of it', async (t) => {
  const template = `{{ if hasPrefix "hunter" .Values.db.password }}{{ fail (printf "weak: %s" .Values.db.password) }}{{ end }}\n${sumTemplate}`
  const problems = problemsOf(await renderSite(await siteWith(t, template, sum), sealer))
  t.deepEqual(
    problems.map(({ code, where: [where] }) => [code, where]),
    [
      [
        'render/sealed-values-refused',
        { in: 'file', file: 'releases/web/chart/templates/a.yaml', line: 1, column: 51 },
      ],
    ],
  )
  t.false(JSON.stringify(problems).includes(password))
})

test('a key that fits nothing counts as none, unless a person named it', async (t) => {
  const root = await siteWith(t, sumTemplate, sum)
  const [problem] = problemsOf(await renderSite(root, strange))
  t.is(problem?.code, 'render/sealed-inputs-changed')
  t.regex(problem!.why!, /cannot open it/)
  await keep(root)
  t.is(await stateOf(root, strange), 'not re-made')
  t.deepEqual(await codesOf(root, strange, true), ['sops/wrong-identity', 'sops/wrong-identity'])
})

const damages: [title: string, file: string, change: (text: string) => string, code: string][] = [
  ['a values file', secretsFile, (text) => text.replace('user: app', 'user: root'), 'sops/wrong-mac'],
  [
    'what the fields were made of',
    sealedFile,
    (text) => text.replace(/chart: sha256:\w{4}/, 'chart: sha256:0000'),
    'sops/wrong-mac',
  ],
  ['a sealed field', sealedFile, (text) => text.replace('data:', 'data:AAAA'), 'sops/not-decrypted'],
]
for (const [title, file, change, code] of damages)
  test(`with the key, a file that was altered outside of sops is refused: ${title}`, async (t) => {
    const root = await siteWith(t, sumTemplate, sum)
    await keep(root)
    const text = await readFile(join(root, file), 'utf8')
    t.not(change(text), text)
    await writeFile(join(root, file), change(text))
    t.deepEqual(await codesOf(root, sealer), [code])
  })

test('each environment keeps its own file', async (t) => {
  const root = await siteWith(t, sumTemplate, sum)
  await keep(root)
  const [problem] = problemsOf(await renderSite(root, undefined, { environment: 'other' }))
  t.regex(problem!.what, /there is no releases\/web\/sealed\.other\.yaml/)
})
