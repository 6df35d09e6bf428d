import test from 'ava'
import { SetBack, sentTo } from '../../src/system/registry-request.ts'

const far = new URL('https://registry.example/v2/x/blobs/y')
const here = new URL('https://127.0.0.1:5000/v2/x/blobs/y')

const followed: [URL, string, string][] = [
  [far, 'https://cdn.example/blob?sig=1', 'https://cdn.example/blob?sig=1'],
  [far, '/elsewhere', 'https://registry.example/elsewhere'],
  [here, 'https://localhost:5001/token', 'https://localhost:5001/token'],
  // A company's own network is where its storage lies.
  [far, 'https://10.0.0.7/blob', 'https://10.0.0.7/blob'],
]
for (const [from, to, wanted] of followed)
  test(`from ${from.host} one is followed to ${to}`, (t) => t.is(sentTo(from, to, 'a blob').href, wanted))

const refused = [
  'http://cdn.example/blob',
  'ftp://cdn.example/blob',
  'file:///etc/passwd',
  'https://',
  'https://user:secret@cdn.example/',
  'https://169.254.169.254/latest/meta-data',
  'https://127.0.0.1/x',
  'https://127.1/x',
  'https://2130706433/x',
  'https://0.0.0.0/x',
  'https://localhost/x',
  'https://localhost./x',
  'https://metadata.localhost./x',
  'https://[::1]/x',
  'https://[fe80::1]/x',
  'https://[::ffff:169.254.169.254]/x',
]
for (const to of refused)
  test(`from elsewhere nobody is followed to ${to}`, (t) => {
    const error = t.throws(() => sentTo(far, to, 'a token'), { instanceOf: SetBack })
    t.is(error?.setback.refusal.kind, 'misleading')
    t.false(error?.message.includes('secret'))
  })
