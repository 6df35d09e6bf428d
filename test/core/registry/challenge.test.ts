import test from 'ava'
import { parseChallenges } from '../../../src/core/registry/challenge.ts'

const table: { [header: string]: [string, { [name: string]: string }][] } = {
  '': [],
  'Basic realm="Registry Realm"': [['basic', { realm: 'Registry Realm' }]],
  'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull"':
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:library/nginx:pull',
        },
      ],
    ],
  'bearer REALM=x , Service = "a\\"b"': [['bearer', { realm: 'x', service: 'a"b' }]],
  'Negotiate, Basic realm="x", charset="UTF-8"': [
    ['negotiate', {}],
    ['basic', { realm: 'x', charset: 'UTF-8' }],
  ],
  'Bearer realm="first",realm="second"': [['bearer', { realm: 'first' }]],
  'Bearer realm="not ended': [['bearer', {}]],
  'realm="without a scheme"': [],
  'Bearer __proto__="x"': [['bearer', { ['__proto__']: 'x' }]],
}

for (const [header, wanted] of Object.entries(table))
  test(`WWW-Authenticate: ${header || '(empty)'}`, (t) => {
    t.deepEqual(
      parseChallenges(header).map(({ scheme, parameters }) => [scheme, [...parameters]]),
      wanted.map(([scheme, parameters]) => [scheme, Object.entries(parameters)]),
    )
  })

test('a header of a megabyte ends in time', (t) => {
  t.true(parseChallenges('a,'.repeat(500_000)).length < 5000)
})
