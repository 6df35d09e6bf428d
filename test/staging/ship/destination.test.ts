import test from 'ava'
import { destinationOf } from '../../../src/staging/ship/destination.ts'
import type { Destination } from '../../../src/staging/ship/destination.ts'

const taken: [to: string, destination: Destination][] = [
  ['/media/usb', { kind: 'folder', path: '/media/usb' }],
  ['../out', { kind: 'folder', path: '../out' }],
  ['sftp://host/in', { kind: 'sftp', address: { host: 'host', folder: '/in' } }],
  [
    'sftp://me@host.example:2222/in/box',
    { kind: 'sftp', address: { host: 'host.example', user: 'me', port: 2222, folder: '/in/box' } },
  ],
  ['sftp://me@[::1]:22/in', { kind: 'sftp', address: { host: '::1', user: 'me', port: 22, folder: '/in' } }],
  ['sftp://host/in%20box/%C3%A4', { kind: 'sftp', address: { host: 'host', folder: '/in box/ä' } }],
  ['sftp://host/~/in', { kind: 'sftp', address: { host: 'host', folder: 'in' } }],
  ['sftp://host/~/', { kind: 'sftp', address: { host: 'host', folder: '.' } }],
]
for (const [to, destination] of taken)
  test(`${to} is understood`, (t) =>
    t.deepEqual(destinationOf(to), { ok: true, value: destination, warnings: [] }))

const refused = [
  '',
  'https://host/in',
  'oci://harbor/project',
  'sftp://host',
  'sftp://host/',
  'sftp:///in',
  'sftp://me:secret@host/in',
  'sftp://-oProxyCommand=touch%20x/in',
  'sftp://-oProxyCommand@host/in',
  'sftp://me%0a@host/in',
  'sftp://host/in%0aput',
  'sftp://host/in%22',
  'sftp://host/in*',
  'sftp://host/%FF',
  'sftp://host/~/-r',
  'sftp://host/in?x=1',
  'sftp://host:99999/in',
]
for (const to of refused)
  test(`"${to}" is refused as wrong usage`, (t) => {
    const outcome = destinationOf(to)
    t.deepEqual(outcome.ok ? [] : outcome.problems.map(({ code, fault }) => [code, fault]), [
      ['ship/bad-destination', 'usage'],
    ])
  })

test('a password in an URL is not repeated in the message', (t) => {
  t.notRegex(JSON.stringify(destinationOf('sftp://me:hunter2@host/in')), /hunter2/)
})
