import test from 'ava'
import { command, commonOptions } from '../../src/command-line/command.ts'
import { commandHelp } from '../../src/command-line/help.ts'
import { parseCall } from '../../src/command-line/parse.ts'

const ship = command({
  summary: 'Brings a bundle across.',
  arguments: [
    { name: 'BUNDLE', help: 'the bundle' },
    { name: 'VERB', help: 'what to do', optional: true, choices: ['plan', 'apply'] },
  ],
  options: {
    ...commonOptions,
    to: { value: 'PLACE', help: 'where to' },
    env: { value: 'ENV', many: true, help: 'which' },
    force: { help: 'do it all the same' },
  },
  examples: [['scout ship x.tgz --to /mnt', 'to a folder']],
  run: () => Promise.resolve(0),
})

const good: [string, string[], object][] = [
  [
    'an argument and an option with its value',
    ['x.tgz', '--to', '/mnt'],
    { arguments: ['x.tgz'], to: '/mnt' },
  ],
  ['a value behind an equals sign', ['x.tgz', '--to=--odd'], { arguments: ['x.tgz'], to: '--odd' }],
  [
    'an option that may be repeated',
    ['x.tgz', '--env', 'a', '--env', 'b'],
    { arguments: ['x.tgz'], env: ['a', 'b'] },
  ],
  [
    'a flag before the arguments',
    ['--force', 'x.tgz', 'plan'],
    { arguments: ['x.tgz', 'plan'], force: true },
  ],
  ['arguments behind two dashes', ['--', '--to'], { arguments: ['--to'] }],
  ['a call for help, whatever else is wrong', ['--help', '--nonsense'], { arguments: [], help: true }],
]

for (const [what, argv, expected] of good)
  test(`${what} is understood`, (t) => {
    const call = parseCall('scout ship', ship, argv)
    if (!call.ok) return t.fail(JSON.stringify(call.problems))
    t.like({ arguments: call.value.arguments, ...call.value.options }, expected)
  })

const bad: [string, string[], string[]][] = [
  ['a misspelt option', ['x.tgz', '--ot', 'y'], ['scout ship has no option --ot.', 'did you mean `--to`?']],
  [
    'an option of every object',
    ['x.tgz', '--constructor'],
    ['scout ship has no option --constructor.', 'see `scout ship --help`.'],
  ],
  [
    'an option without its value',
    ['x.tgz', '--to'],
    ['--to needs a value: PLACE.', 'see `scout ship --help`.'],
  ],
  [
    'an option that swallows the next',
    ['x.tgz', '--to', '--force'],
    ['--to needs a value: PLACE.', 'see `scout ship --help`.'],
  ],
  ['an option given twice', ['x.tgz', '--to', 'a', '--to', 'b'], ['--to is given twice.', 'give it once.']],
  ['a flag with a value', ['x.tgz', '--force=yes'], ['--force takes no value.', 'write just --force.']],
  [
    'a value outside its choices',
    ['x.tgz', '--output', 'jsn'],
    ['--output cannot be "jsn".', 'did you mean `json`?'],
  ],
  ['a missing argument', [], ['scout ship needs BUNDLE: the bundle.', 'see `scout ship --help`.']],
  ['a misspelt verb', ['x.tgz', 'aply'], ['VERB cannot be "aply".', 'did you mean `apply`?']],
  [
    'a verb that stands first, misspelt',
    ['aply', 'x.tgz'],
    ['VERB cannot be "x.tgz".', 'the order is `scout ship BUNDLE VERB`.'],
  ],
  [
    'a verb alone',
    ['plan'],
    ['scout ship needs BUNDLE before the word plan.', 'the order is `scout ship BUNDLE VERB`.'],
  ],
  [
    'one argument too many',
    ['x.tgz', 'plan', 'now'],
    ['scout ship does not know what to do with "now".', 'see `scout ship --help`.'],
  ],
]

for (const [what, argv, [says, fix]] of bad)
  test(`${what} is refused with what to write instead`, (t) => {
    const call = parseCall('scout ship', ship, argv)
    if (call.ok) return t.fail('it was understood')
    t.like(call.problems[0], { fault: 'usage', what: says, fix })
  })

test('all faults of one line are told at once', (t) => {
  const call = parseCall('scout ship', ship, ['--nonsense', '--to'])
  t.is(!call.ok && call.problems.length, 3)
})

test('what may be the value of an unknown option is not told as well', (t) => {
  const call = parseCall('scout ship', ship, ['x.tgz', '--ot', 'y'])
  t.is(!call.ok && call.problems.length, 1)
})

test('the help names every option and every example', (t) => {
  const help = commandHelp('scout ship', ship)
  for (const word of [
    '--to PLACE',
    '--env ENV',
    '(may be repeated)',
    '[text|json]',
    'BUNDLE',
    '[VERB]',
    'scout ship x.tgz --to /mnt',
  ])
    t.true(help.includes(word), word)
})
