import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import { execa } from 'execa'

const root = join(import.meta.dirname, '..')
const configuration = [
  'package.json',
  'tsconfig.json',
  '.oxlintrc.json',
  '.oxfmtrc.json',
  'knip.json',
  '.gitignore',
]

/** The smallest tree that every gate passes: one program, one module of the core, one stage, one effect. */
const clean: { [path: string]: string } = {
  'src/scout.ts': "import { greet } from './staging/render/greet.ts'\n\nconsole.log(greet())\n",
  'src/scout-apply.ts': "console.log('apply')\n",
  'src/core/word.ts': "export const word = 'scout'\n",
  'src/staging/render/greet.ts':
    "import { word } from '../../core/word.ts'\n\nexport const greet = (): string => word\n",
}

const gates = {
  format: ['oxfmt', '--check', '.'],
  lint: ['oxlint', '--deny-warnings'],
  types: ['tsc'],
  'dead code': ['knip', '--files', '--exports'],
}
type Gate = keyof typeof gates

const run = async (files: { [path: string]: string }, gate: Gate) => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-gates-'))
  try {
    for (const name of configuration) await cp(join(root, name), join(folder, name))
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    const [command, ...args] = gates[gate] as [string, ...string[]]
    return await execa(command, args, {
      cwd: folder,
      reject: false,
      all: true,
      preferLocal: true,
      localDir: root,
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

for (const gate of Object.keys(gates) as Gate[])
  test(`a clean tree passes the gate: ${gate}`, async (t) => {
    const { exitCode, all } = await run(clean, gate)
    t.is(exitCode, 0, all)
  })

const planted: { what: string; gate: Gate; path: string; text: string; says: RegExp }[] = [
  {
    what: 'a line that is not formatted',
    gate: 'format',
    path: 'src/core/word.ts',
    text: 'export const word = "scout";\n',
    says: /src\/core\/word\.ts/,
  },
  {
    what: 'a promise that nobody waits for',
    gate: 'lint',
    path: 'src/core/word.ts',
    text: "export const word = 'scout'\nexport const start = (run: () => Promise<void>): void => {\n  run()\n}\n",
    says: /no-floating-promises/,
  },
  {
    what: 'an explicit any',
    gate: 'lint',
    path: 'src/core/word.ts',
    text: 'export const word: any = 1\n',
    says: /no-explicit-any/,
  },
  {
    what: 'a core that imports a stage',
    gate: 'lint',
    path: 'src/core/word.ts',
    text: "import { greet } from '../staging/render/greet.ts'\n\nexport const word = greet()\n",
    says: /core is pure/,
  },
  {
    what: 'a core that imports the system',
    gate: 'lint',
    path: 'src/core/deep/word.ts',
    text: "import { x } from '../../system/x.ts'\n\nexport const word = x\n",
    says: /core is pure/,
  },
  {
    what: 'a core that reads files',
    gate: 'lint',
    path: 'src/core/word.ts',
    text: "import { readFileSync } from 'node:fs'\n\nexport const word = readFileSync('x', 'utf8')\n",
    says: /Only system touches the world/,
  },
  {
    what: 'a stage that runs programs',
    gate: 'lint',
    path: 'src/staging/render/greet.ts',
    text: "import { execa } from 'execa'\n\nexport const greet = execa\n",
    says: /Only system touches the world/,
  },
  {
    what: 'a stage that imports another stage',
    gate: 'lint',
    path: 'src/staging/render/greet.ts',
    text: "import { declare } from '../declare/declare.ts'\n\nexport const greet = declare\n",
    says: /A stage imports core and its own folder/,
  },
  {
    what: 'a stage that imports the system',
    gate: 'lint',
    path: 'src/control-plane/plan/plan.ts',
    text: "import { x } from '../../system/x.ts'\n\nexport const plan = x\n",
    says: /A stage imports core and its own folder/,
  },
  {
    what: "a stage's rule that imports another stage",
    gate: 'lint',
    path: 'src/staging/validate/rules/rule.ts',
    text: "import { x } from '../../render/greet.ts'\n\nexport const rule = x\n",
    says: /A stage imports core and its own folder/,
  },
  {
    what: 'a pipeline that knows the other side',
    gate: 'lint',
    path: 'src/staging/pipeline.ts',
    text: "import { plan } from '../control-plane/plan/plan.ts'\n\nexport const line = plan\n",
    says: /stages of its own side/,
  },
  {
    what: 'a system that imports a report',
    gate: 'lint',
    path: 'src/system/x.ts',
    text: "import { words } from '../report/words.ts'\n\nexport const x = words\n",
    says: /import core alone/,
  },
  {
    what: 'a report that reads files',
    gate: 'lint',
    path: 'src/report/words.ts',
    text: "import { readFileSync } from 'node:fs'\n\nexport const words = readFileSync('x', 'utf8')\n",
    says: /Only system touches the world/,
  },
  {
    what: 'a product that imports a test',
    gate: 'lint',
    path: 'src/core/word.ts',
    text: "import { x } from '../../test/x.ts'\n\nexport const word = x\n",
    says: /core is pure|knows neither/,
  },
  {
    what: 'a wrong type',
    gate: 'types',
    path: 'src/core/word.ts',
    text: 'export const word: string = 1\n',
    says: /TS2322/,
  },
  {
    what: 'an index that is not checked',
    gate: 'types',
    path: 'src/core/word.ts',
    text: "export const word: string = ['a'][0]\n",
    says: /TS2322/,
  },
  {
    what: 'an enum, which Node cannot run',
    gate: 'types',
    path: 'src/core/word.ts',
    text: "export enum word {\n  a = 'a',\n}\n",
    says: /TS1294/,
  },
  {
    what: 'an export that nobody uses',
    gate: 'dead code',
    path: 'src/core/word.ts',
    text: "export const word = 'scout'\nexport const unused = 1\n",
    says: /unused/,
  },
  {
    what: 'a file that nobody imports',
    gate: 'dead code',
    path: 'src/core/lost.ts',
    text: 'export {}\n',
    says: /lost\.ts/,
  },
]

for (const { what, gate, path, text, says } of planted)
  test(`${what} does not pass the gate: ${gate}`, async (t) => {
    const { exitCode, all } = await run({ ...clean, [path]: text }, gate)
    t.not(exitCode, 0, all)
    t.regex(all, says)
  })

test('a cycle of imports does not pass the gate: lint', async (t) => {
  const { exitCode, all } = await run(
    {
      ...clean,
      'src/core/word.ts': "import { other } from './other.ts'\n\nexport const word = (): string => other()\n",
      'src/core/other.ts': "import { word } from './word.ts'\n\nexport const other = (): string => word()\n",
    },
    'lint',
  )
  t.not(exitCode, 0, all)
  t.regex(all, /no-cycle/)
})

for (const page of ['docs/rules.md', 'docs/commands.md'])
  test(`a stale ${page} does not pass the gate: generated files`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'scout-gates-'))
    t.teardown(() => rm(folder, { recursive: true, force: true }))
    for (const name of ['package.json', 'src', 'scripts', 'docs', 'schemas'])
      await cp(join(root, name), join(folder, name), { recursive: true })
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    const check = () =>
      execa('node', ['scripts/docs.ts', '--check'], {
        cwd: folder,
        reject: false,
        preferLocal: true,
        localDir: root,
      })
    t.is((await check()).exitCode, 0)
    await writeFile(join(folder, page), `${await readFile(join(folder, page), 'utf8')}stale\n`)
    const { exitCode, stderr } = await check()
    t.is(exitCode, 1)
    t.true(stderr.includes(page), stderr)
  })

test('every gate that is proven here is one that make check runs', async (t) => {
  const makefile = await readFile(join(root, 'Makefile'), 'utf8')
  for (const command of [
    'oxfmt --check .',
    'oxlint --deny-warnings',
    'tsc',
    'knip',
    'node scripts/types.ts --check',
    'node scripts/docs.ts --check',
  ])
    t.true(makefile.includes(`\t${command}\n`), command)
})
