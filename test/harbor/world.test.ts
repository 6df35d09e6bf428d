import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { writeFile } from 'node:fs/promises'
import test from 'ava'
import { administrator } from './server.ts'
import { setUp } from './site.ts'

const loginAs = (host: string, login: string): string =>
  JSON.stringify({ auths: { [host]: { auth: Buffer.from(login).toString('base64') } } })

test('a wrong password is told as such, and is not shown', async (t) => {
  const { scout, harbor, path } = await setUp(t)
  await writeFile(path('login.json'), loginAs(harbor.host, 'admin:Wrong-Password1'))
  const { exitCode, stdout, stderr } = await scout('plan')
  t.is(exitCode, 1)
  t.regex(stderr, /list the registry endpoints, and the login was not accepted \(401\)/)
  t.false(`${stdout}${stderr}`.includes('Wrong-Password1'))
  t.deepEqual(harbor.faults, [])
})

test('an account that may not do it is told as such', async (t) => {
  const { scout, harbor, path } = await setUp(t)
  harbor.state.robots.push({
    id: 3,
    name: 'nodes',
    project: 0,
    description: '',
    level: 'system',
    duration: -1,
    disable: false,
    permissions: [],
    secret: 'Not-a-secret1',
  })
  await writeFile(path('login.json'), loginAs(harbor.host, 'robot$nodes:Not-a-secret1'))
  const { exitCode, stderr } = await scout('plan')
  t.is(exitCode, 1)
  t.regex(stderr, /this account may not do that \(403\)[\s\S]*system administrators/)
  t.deepEqual(harbor.faults, [])
})

test('without a login for Harbor nothing is asked', async (t) => {
  const { scout, harbor, path } = await setUp(t)
  await writeFile(path('login.json'), loginAs('elsewhere.example', 'me:mine'))
  const { exitCode, stderr } = await scout('plan')
  t.is(exitCode, 2)
  t.regex(stderr, /holds no name and password for Harbor at localhost/)
  t.deepEqual(harbor.requests, [])
})

test('a certificate of an authority that nobody named is not trusted, and no request is sent', async (t) => {
  const { start, harbor } = await setUp(t)
  const { exitCode, stderr } = await start(['plan'])
  t.is(exitCode, 4)
  t.regex(stderr, /certificate is not trusted[\s\S]*--ca FILE/)
  t.deepEqual(harbor.requests, [])
})

test('a Harbor that is down is named with its address', async (t) => {
  const { scout, harbor } = await setUp(t)
  await harbor.close()
  const { exitCode, stderr } = await scout('apply')
  t.is(exitCode, 4)
  t.regex(
    stderr,
    /Harbor at https:\/\/localhost:\d+ was asked to tell how it is, and it does not answer \(ECONNREFUSED/,
  )
})

test('a part of Harbor that is not healthy is warned of', async (t) => {
  const { scout, harbor } = await setUp(t)
  harbor.state.components.push({ name: 'jobservice', status: 'unhealthy', error: 'it is\u001b[31m away' })
  const { exitCode, stderr } = await scout('plan')
  t.is(exitCode, 0)
  t.regex(stderr, /its jobservice is not healthy: it is/)
  t.false(stderr.includes('\u001b[31m'))
})

test('it goes through the proxy that the environment names, and not where NO_PROXY says so', async (t) => {
  const { start, harbor, path } = await setUp(t)
  const tunnels: string[] = []
  const proxy = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (chunk) => {
      tunnels.push(chunk.toString().split('\r\n')[0] ?? '')
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.teardown(() => proxy.close())
  const HTTPS_PROXY = `http://me:Proxy-Secret1@127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const args = ['plan', '--ca', path('authority.crt')]
  const through = await start(args, { HTTPS_PROXY })
  t.is(through.exitCode, 4)
  t.true(tunnels.length > 0 && tunnels.every((one) => one === `CONNECT ${harbor.host} HTTP/1.1`))
  t.false(`${through.stdout}${through.stderr}`.includes('Proxy-Secret1'))
  t.regex(through.stderr, /the proxy that HTTPS_PROXY names does not let it through/)
  const beside = await start(args, { HTTPS_PROXY, NO_PROXY: 'localhost' })
  t.is(beside.exitCode, 0, beside.stderr)
})

test('the password of the administrator is in nothing that is said', async (t) => {
  const { scout, harbor } = await setUp(t)
  const basic = Buffer.from(`${administrator.user}:${administrator.password}`).toString('base64')
  harbor.interfere((request, response, when) => {
    if (when !== 'before' || request.method === 'GET') return false
    response.writeHead(400, { 'content-type': 'application/json' })
    // What a careless proxy may say.
    const echoed = `no\u001b[2J thanks: ${administrator.password}, Basic ${basic}`
    response.end(JSON.stringify({ errors: [{ code: 'BAD_REQUEST', message: echoed }] }))
    return true
  })
  const { exitCode, stdout, stderr } = await scout('apply', '--verbose')
  t.is(exitCode, 4)
  const said = `${stdout}${stderr}`
  t.false(said.includes(administrator.password))
  t.false(said.includes(basic))
  t.regex(said, /thanks/)
  t.false(said.includes('\u001b[2J'))
})
