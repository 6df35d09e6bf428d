import test from 'ava'
import { execa } from 'execa'
import { command, commonOptions } from '../../src/command-line/command.ts'
import { completionScript } from '../../src/command-line/completion.ts'
import type { Completable } from '../../src/command-line/completion.ts'
import { runProgram } from '../../src/command-line/program.ts'
import type { Program } from '../../src/command-line/program.ts'
import { problem, Refused } from '../../src/core/problem.ts'
import type { Problem } from '../../src/core/problem.ts'

const render = command({
  summary: 'Renders.',
  arguments: [],
  options: { ...commonOptions, 'exit-code': { help: 'say by the exit code' } },
  examples: [['scout render', 'renders all']],
  run: ({ options }) => {
    if (options['exit-code'])
      throw new Refused([problem({ code: 'render/x', what: 'It failed.', fix: 'Mend it.', fault: 'world' })])
    return Promise.resolve(0)
  },
})
const program: Program = {
  name: 'scout',
  version: '1.2.3',
  what: 'It scouts.',
  commands: { render: { summary: 'renders', load: () => Promise.resolve(render) } },
}

const apply = command({
  summary: 'Applies.',
  arguments: [
    { name: 'BUNDLE', help: 'the file' },
    { name: 'VERB', help: 'what to do', optional: true, choices: ['plan', 'status'] },
  ],
  options: { ...commonOptions, trust: { value: 'FILE', help: 'whom to believe' } },
  examples: [['scout-apply x.tgz', 'applies it']],
  run: ({ arguments: [file = '', verb = 'apply'] }) => {
    if (file === 'x.tgz' || file.startsWith('./')) {
      called.push(`${verb} ${file}`)
      return Promise.resolve(0)
    }
    throw new Refused([
      problem({
        code: 'usage/no-such-file',
        fault: 'usage',
        what: `There is no bundle ${file}.`,
        where: [{ in: 'file', file }],
        fix: 'Correct the path.',
      }),
    ])
  },
})
const called: string[] = []
const capabilities = command({
  summary: 'Tells of the cluster.',
  arguments: [],
  options: { ...commonOptions, include: { value: 'KIND', help: 'also these' } },
  examples: [['scout-apply capabilities', 'tells']],
  run: () => {
    called.push('capabilities')
    return Promise.resolve(0)
  },
})
/** A program whose usual form is no command: a file comes first. */
const withNameless: Program = {
  name: 'scout-apply',
  version: '1.2.3',
  what: 'It applies.',
  commands: {
    '': { summary: 'applies', load: () => Promise.resolve(apply) },
    capabilities: { summary: 'tells of the cluster', load: () => Promise.resolve(capabilities) },
  },
}

const runOf = async (asked: Program, argv: string[]) => {
  const out: string[] = []
  const problems: Problem[] = []
  const code = await runProgram(asked, argv, {
    out: (text) => out.push(text),
    problems: (found) => problems.push(...found),
  })
  return { code, out: out.join(''), problems }
}
const run = (...argv: string[]) => runOf(program, argv)
const runApply = (...argv: string[]) => runOf(withNameless, argv)

test('a program without a command shows what it has, and says by its exit code that it did nothing', async (t) => {
  const { code, out } = await run()
  t.is(code, 2)
  t.regex(out, /render\s+renders/)
  t.is((await run('--help')).code, 0)
})

test('a misspelt command is answered with the one that was meant', async (t) => {
  const { code, problems } = await run('rendr')
  t.is(code, 2)
  t.is(problems[0]?.fix, 'did you mean `scout render`?')
  t.is((await run('constructor')).code, 2)
})

test('a program tells its version, and the help of a command in each way that people ask for it', async (t) => {
  t.deepEqual(await run('--version'), { code: 0, out: 'scout 1.2.3\n', problems: [] })
  const help = await run('render', '--help')
  t.is(help.code, 0)
  t.deepEqual(await run('render', '-h'), help)
  t.deepEqual(await run('help', 'render'), help)
  t.deepEqual(await run('-h'), await run('--help'))
})

test('a refusal becomes its exit code', async (t) => {
  const { code, problems } = await run('render', '--exit-code')
  t.is(code, 4)
  t.is(problems[0]?.code, 'render/x')
})

test.serial(
  'the first word that is no command goes to the nameless command, with all that follows',
  async (t) => {
    called.length = 0
    const lines = [
      ['x.tgz'],
      ['x.tgz', 'plan'],
      ['--trust', 'a', 'x.tgz'],
      ['./capabilities'],
      ['capabilities'],
    ]
    for (const line of lines) t.is((await runApply(...line)).code, 0, line.join(' '))
    t.deepEqual(called, ['apply x.tgz', 'plan x.tgz', 'apply x.tgz', 'apply ./capabilities', 'capabilities'])
  },
)

test('the help of a program with a nameless command shows its usual form, then the other commands', async (t) => {
  const help = await runApply('--help')
  t.is(help.code, 0)
  t.regex(help.out, /Usage:\n {2}scout-apply BUNDLE \[VERB\][^]+Other commands:\n {2}capabilities +tells of/)
  for (const line of [['-h'], ['help'], ['x.tgz', '--help']]) t.deepEqual(await runApply(...line), help)
  t.regex((await runApply('capabilities', '--help')).out, /^Tells of the cluster[^]+scout-apply capabilities/)
  t.deepEqual(await runApply('help', 'capabilities'), await runApply('capabilities', '--help'))
})

const meant = 'did you mean `scout-apply capabilities`?'
const mistaken: [title: string, argv: string[], what: string, fix: string][] = [
  ['nothing at all', [], 'scout-apply needs BUNDLE: the file.', 'see `scout-apply --help`.'],
  ['a misspelt command', ['capabilites'], 'There is no bundle capabilites.', `Correct the path; or ${meant}`],
  [
    "a misspelt command with the command's option",
    ['capabilites', '--include', 'x'],
    'scout-apply has no command capabilites.',
    meant,
  ],
  ['a file that is not there', ['y.tgz'], 'There is no bundle y.tgz.', 'Correct the path.'],
  ['a misspelt verb', ['x.tgz', 'pln'], 'VERB cannot be "pln".', 'did you mean `plan`?'],
  ['a name that every object has', ['constructor'], 'There is no bundle constructor.', 'Correct the path.'],
  ['an empty word', [''], 'There is no bundle .', 'Correct the path.'],
]
for (const [title, argv, what, fix] of mistaken)
  test(`a program with a nameless command is told ${title}, and says what was meant`, async (t) => {
    const { code, problems } = await runApply(...argv)
    t.is(code, 2)
    t.like(problems, { length: 1, 0: { what, fix } })
  })

/** What bash offers for the last of these words. */
const complete = async (commands: Completable, ...words: string[]): Promise<string[]> => {
  const [name = ''] = words
  const { stdout } = await execa('bash', [
    '-c',
    `${completionScript('bash', name, commands)}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _${name.replace('-', '_')}; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ])
  return stdout.split('\n')
}

test('bash completes both the commands of a program and what its nameless command takes', async (t) => {
  const both = { '': apply, capabilities }
  t.deepEqual(await complete(both, 'scout-apply', 'cap'), ['capabilities'])
  t.deepEqual(await complete(both, 'scout-apply', '--tr'), ['--trust'])
  t.deepEqual(await complete(both, 'scout-apply', 'x.tgz', 'pl'), ['plan'])
  t.deepEqual(await complete(both, 'scout-apply', 'x.tgz', '--inc'), [''])
  t.deepEqual(await complete(both, 'scout-apply', 'capabilities', '--inc'), ['--include'])
  t.deepEqual(await complete(both, 'scout-apply', 'capabilities', 'pl'), [''])
})

test('bash completes commands, options and values from the generated script', async (t) => {
  const completed = (...words: string[]) => complete({ render }, ...words)
  t.deepEqual(await completed('scout', 're'), ['render'])
  t.deepEqual(await completed('scout', 'render', '--exi'), ['--exit-code'])
  t.deepEqual(await completed('scout', 'render', '--output', ''), ['text', 'json'])
})

test('there is a script for every shell, and none for another', async (t) => {
  for (const shell of ['bash', 'zsh', 'fish']) t.regex((await run('completion', shell)).out, /exit-code/)
  t.is((await run('completion', 'csh')).code, 2)
})
