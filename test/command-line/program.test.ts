import test from 'ava'
import { execa } from 'execa'
import { command, commonOptions } from '../../src/command-line/command.ts'
import { completionScript } from '../../src/command-line/completion.ts'
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

const run = async (...argv: string[]) => {
  const out: string[] = []
  const problems: Problem[] = []
  const code = await runProgram(program, argv, {
    out: (text) => out.push(text),
    problems: (found) => problems.push(...found),
  })
  return { code, out: out.join(''), problems }
}

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

test('bash completes commands, options and values from the generated script', async (t) => {
  const script = completionScript('bash', 'scout', { render })
  const complete = async (...words: string[]) => {
    const { stdout } = await execa('bash', [
      '-c',
      `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _scout; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ])
    return stdout.split('\n')
  }
  t.deepEqual(await complete('scout', 're'), ['render'])
  t.deepEqual(await complete('scout', 'render', '--exi'), ['--exit-code'])
  t.deepEqual(await complete('scout', 'render', '--output', ''), ['text', 'json'])
})

test('there is a script for every shell, and none for another', async (t) => {
  for (const shell of ['bash', 'zsh', 'fish']) t.regex((await run('completion', shell)).out, /exit-code/)
  t.is((await run('completion', 'csh')).code, 2)
})
