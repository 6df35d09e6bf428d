import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import anyTest from 'ava'
import type { TestFn } from 'ava'
import { hash } from 'bcryptjs'
import type { Registry, RegistryReply } from '../../src/core/effects/registry.ts'
import type { Fault } from '../registry/chaos.ts'
import { indexType, manifestType, push, sha256Of } from '../registry/multi-arch.ts'
import type { Pushed } from '../registry/multi-arch.ts'
import { registryProgram } from '../registry/programs.ts'
import { startTokenServer, tokenIssuer, tokenService } from '../registry/token-server.ts'
import { loginFor, openWorld } from '../registry/world.ts'
import type { World } from '../registry/world.ts'

const program = await registryProgram('docker-registry')
const test = (program === undefined ? anyTest.skip : anyTest) as TestFn
const hooks = anyTest as TestFn

const password = 'correct horse battery'
let world: World
let host = ''
let image: Pushed

hooks.before(async () => {
  if (program === undefined) return
  world = await openWorld(program)
  host = (await world.registry('upstream')).host
  image = await push({
    repository: `https://${host}/v2/team/web`,
    tag: '1.0',
    authority: world.authority,
    layerBytes: 200_000,
  })
})
hooks.after.always(() => world?.stop())

const refusalOf = (reply: RegistryReply<unknown>) => (reply.ok ? undefined : reply.refusal)
const layerOf = (pushed: Pushed): string => pushed.images['amd64']!.layer
const pullAll = (registry: Registry, at: string, heard: (bytes: number) => void = () => {}) =>
  registry.pull({ host: at, repository: 'team/web', reference: layerOf(image) }, 200_000, heard)
const at = (reference: string, from = host) => ({ host: from, repository: 'team/web', reference })

test('index, manifest, config and layer are read, and their digests are those that they have', async (t) => {
  const registry = await world.client()
  const index = await registry.manifest(at('1.0'))
  t.like(index, { ok: true, value: { digest: image.top, mediaType: indexType } })
  t.deepEqual(await registry.digestOf(at('1.0')), { ok: true, value: image.top })
  const { manifest, config } = image.images['arm64']!
  t.like(await registry.manifest(at(manifest)), { value: { digest: manifest, mediaType: manifestType } })
  const bytes = await registry.blob(at(config), 170)
  t.false(bytes.ok, 'the config has another size')
  let heard = 0
  t.deepEqual(await pullAll(registry, host, (count) => (heard += count)), {
    ok: true,
    value: { bytes: 200_000 },
  })
  t.is(heard, 200_000)
})

test('a certificate of a CA that is not known is told as that, without trying again', async (t) => {
  const registry = await world.client({ withoutCa: true })
  const refusal = refusalOf(await registry.manifest(at('1.0')))
  t.like(refusal, { kind: 'untrusted', status: 0, endpoint: `https://${host}` })
  t.notRegex(refusal?.message ?? '', /Node/, 'its advice is for people who start Node themselves')
})

test('a tag that is gone, and a registry that is not there, are two things', async (t) => {
  const registry = await world.client()
  t.like(refusalOf(await registry.manifest(at('9.9'))), {
    kind: 'gone',
    status: 404,
    code: 'MANIFEST_UNKNOWN',
  })
  t.like(refusalOf(await registry.digestOf(at('9.9'))), { kind: 'gone', status: 404 })
  t.like(refusalOf(await registry.manifest(at('1.0', '127.0.0.1:1'))), {
    kind: 'unreachable',
    code: 'ECONNREFUSED',
  })
})

test('a registry with passwords is logged in to by the file, and a wrong one is told without it', async (t) => {
  const file = join(world.dir, 'htpasswd')
  await writeFile(file, `puller:${await hash(password, 4)}\n`)
  const settings = { auth: { htpasswd: { realm: 'test', path: file } } }
  const { host: locked } = await world.registry('with-passwords', { settings })
  const authorization = `Basic ${loginFor('puller', password).auth}`
  await push({
    repository: `https://${locked}/v2/team/web`,
    tag: '1.0',
    authority: world.authority,
    authorization,
  })
  const registry = await world.client({ auths: { [locked]: loginFor('puller', password) } })
  t.true((await registry.manifest(at('1.0', locked))).ok)

  const wrong = await world.client({ auths: { [locked]: loginFor('puller', 'a wrong secret') } })
  const denied = await wrong.manifest(at('1.0', locked))
  t.like(refusalOf(denied), { kind: 'denied', status: 401 })
  t.false(JSON.stringify(denied).includes('a wrong secret'))
  t.false(JSON.stringify(denied).includes(loginFor('puller', 'a wrong secret').auth))

  const without = await world.client()
  t.regex(refusalOf(await without.manifest(at('1.0', locked)))?.message ?? '', /has none for 127/)
  const helped = await world.client({ config: { credHelpers: { [locked]: 'pass' } } })
  t.regex(refusalOf(await helped.manifest(at('1.0', locked)))?.message ?? '', /docker-credential-pass/)
})

test('a token is fetched where the registry says, for pulling this repository alone, and checked by it', async (t) => {
  const refreshToken = 'a refresh token of ours'
  const tokens = await startTokenServer(world.certificate, { user: 'puller', password, refreshToken })
  const settings = {
    auth: {
      token: {
        realm: tokens.realm,
        service: tokenService,
        issuer: tokenIssuer,
        rootcertbundle: world.authority.cert,
      },
    },
  }
  try {
    const { host: locked } = await world.registry('with-tokens', { settings })
    const authorization = `Bearer ${tokens.tokenFor('team/web', ['pull', 'push'])}`
    await push({
      repository: `https://${locked}/v2/team/web`,
      tag: '1.0',
      authority: world.authority,
      authorization,
    })

    const told: string[] = []
    const registry = await world.client({ auths: { [locked]: loginFor('puller', password) }, told })
    t.true((await registry.manifest(at('1.0', locked))).ok)
    t.true((await registry.digestOf(at('1.0', locked))).ok)
    t.deepEqual(
      tokens.asked.map(({ method, form }) => [method, form.get('service'), form.get('scope')]),
      [['GET', tokenService, 'repository:team/web:pull']],
      'one token serves both',
    )
    t.deepEqual(told, [`${locked} wants a token from ${new URL(tokens.realm).origin}`])

    const refreshing = await world.client({ auths: { [locked]: { identitytoken: refreshToken } } })
    t.true((await refreshing.manifest(at('1.0', locked))).ok)
    t.is(tokens.asked.at(-1)?.form.get('grant_type'), 'refresh_token')

    const wrong = await world.client({ auths: { [locked]: loginFor('puller', 'a wrong secret') } })
    const denied = refusalOf(await wrong.manifest(at('1.0', locked)))
    t.like(denied, {
      kind: 'denied',
      status: 401,
      code: 'UNAUTHORIZED',
      endpoint: new URL(tokens.realm).origin,
    })
    t.false(JSON.stringify(denied).includes('a wrong secret'))

    // A token that has come of age is refused, and a new one fetched; once.
    const front = await world.front(locked)
    const aged = await world.client({ auths: { [front.host]: loginFor('puller', password) } })
    t.true((await aged.manifest(at('1.0', front.host))).ok)
    const old = front.asked.at(-1)?.authorization
    front.fault = ({ headers }) =>
      headers.authorization === old
        ? {
            status: 401,
            headers: { 'www-authenticate': `Bearer realm="${tokens.realm}",service="${tokenService}"` },
          }
        : undefined
    t.true((await aged.manifest(at('1.0', front.host))).ok)
  } finally {
    await tokens.stop()
  }
})

const once = (fault: Fault, times = 1): (() => Fault | undefined) => {
  let left = times
  return () => (left-- > 0 ? fault : undefined)
}

const passing: { [what: string]: Fault } = {
  'a 429 with Retry-After': { status: 429, headers: { 'retry-after': '0' } },
  'a 503': { status: 503 },
  'a connection that is reset': 'reset',
  'an answer that breaks off': { truncate: 100 },
  'a byte that flipped on the way': { tamper: true },
}

for (const [what, fault] of Object.entries(passing))
  test(`${what} is tried again, for manifests and for blobs`, async (t) => {
    const front = await world.front(host)
    const registry = await world.client()
    front.fault = once(fault, 2)
    t.like(await registry.manifest(at(image.top, front.host)), { value: { digest: image.top } })
    t.is(front.asked.length, 3)
    front.fault = once(fault, 2)
    let heard = 0
    t.deepEqual(await pullAll(registry, front.host, (count) => (heard += count)), {
      ok: true,
      value: { bytes: 200_000 },
    })
    t.is(heard, 200_000, 'what came twice is counted once')
  })

const document = (content: unknown, type = manifestType): Fault => ({
  status: 200,
  headers: { 'content-type': type },
  body: JSON.stringify(content),
})

const lasting: { [what: string]: { fault: Fault; like: object; asked?: number } } = {
  'a 429 that does not end': {
    fault: { status: 429, body: '{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}' },
    like: { kind: 'busy', status: 429, code: 'TOOMANYREQUESTS', message: 'it answers 429, "slow down"' },
    asked: 5,
  },
  'a 429 that asks for an hour': {
    fault: { status: 429, headers: { 'retry-after': '3600' } },
    like: {
      kind: 'busy',
      message: 'it answers 429, "Too Many Requests", and wants to be left alone for 3600 s',
    },
    asked: 1,
  },
  'a full disk behind it': {
    fault: { status: 500, body: '{"errors":[{"code":"UNKNOWN","message":"no space left on device"}]}' },
    like: {
      kind: 'busy',
      status: 500,
      code: 'UNKNOWN',
      message: 'it answers 500, "no space left on device"',
    },
    asked: 5,
  },
  'a manifest that is always cut off': { fault: { truncate: 10 }, like: { kind: 'damaged' }, asked: 5 },
  'a manifest of other bytes than its digest says': {
    fault: { tamper: true },
    like: { kind: 'damaged' },
    asked: 5,
  },
  'a manifest of 5 MiB': {
    fault: { status: 200, headers: { 'content-type': manifestType }, body: Buffer.alloc(5 * 2 ** 20, 32) },
    like: { kind: 'too-large' },
    asked: 1,
  },
  "Docker's schema 1": {
    fault: document(
      { schemaVersion: 1, signatures: [] },
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
    ),
    like: { kind: 'unsupported' },
    asked: 1,
  },
  'the page of a portal': {
    fault: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' },
    like: { kind: 'unsupported', message: 'it answers with text/html, which is no image' },
    asked: 1,
  },
  'a media type in the header that the manifest denies': {
    fault: document({ schemaVersion: 2, mediaType: indexType }),
    like: { kind: 'unsupported' },
    asked: 1,
  },
  'a way to plain http': {
    fault: { status: 307, headers: { location: 'http://127.0.0.1/blob?signature=s3cret' } },
    like: {
      kind: 'misleading',
      message: 'it sends one to http://127.0.0.1 for a blob, and only https is followed',
    },
    asked: 1,
  },
  'a way in circles': {
    fault: { status: 307, headers: { location: '/v2/round' } },
    like: { kind: 'misleading' },
    asked: 6,
  },
  'a token server without TLS': {
    fault: { status: 401, headers: { 'www-authenticate': 'Bearer realm="http://auth.example/token"' } },
    like: { kind: 'misleading' },
    asked: 1,
  },
  'a login of a kind that nobody knows': {
    fault: { status: 401, headers: { 'www-authenticate': 'Negotiate' } },
    like: { kind: 'denied', status: 401 },
    asked: 1,
  },
}

for (const [what, { fault, like, asked }] of Object.entries(lasting))
  test(`${what} is told as what it is`, async (t) => {
    const front = await world.front(host)
    // By its tag where the bytes are others from the beginning; else their digest is what is wrong.
    const isWhole = typeof fault === 'object' && 'status' in fault
    const registry = await world.client()
    front.fault = () => fault
    const refusal = refusalOf(await registry.manifest(at(isWhole ? '1.0' : image.top, front.host)))
    t.like(refusal, { ...like, endpoint: `https://${front.host}` })
    t.false(JSON.stringify(refusal).includes('s3cret'))
    if (asked !== undefined) t.is(front.asked.length, asked)
  })

test('a blob elsewhere is fetched there, without the login', async (t) => {
  const storage = await world.front(host)
  const front = await world.front(host)
  front.fault = ({ url = '' }) =>
    url.includes('/blobs/')
      ? { status: 307, headers: { location: `https://${storage.host}${url}` } }
      : front.asked.at(-1)?.authorization === undefined
        ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
        : undefined
  const registry = await world.client({ auths: { [front.host]: loginFor('puller', password) } })
  t.true((await registry.manifest(at('1.0', front.host))).ok)
  t.true((await pullAll(registry, front.host)).ok)
  t.deepEqual(
    storage.asked.map(({ authorization }) => authorization),
    [undefined],
  )
})

test('a registry that repeats what it was given is not repeated', async (t) => {
  const front = await world.front()
  const { auth } = loginFor('puller', password)
  front.fault = ({ headers }) =>
    headers.authorization === undefined
      ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
      : {
          status: 403,
          body: JSON.stringify({
            errors: [{ code: auth, message: `${headers.authorization} (${password}) may not do this` }],
          }),
        }
  const registry = await world.client({ auths: { [front.host]: { auth } } })
  const refusal = refusalOf(await registry.manifest(at('1.0', front.host)))
  t.like(refusal, { kind: 'denied', code: '…', message: 'it answers 403, "Basic … (…) may not do this"' })
})

test('what is larger than its manifest says is not read to its end', async (t) => {
  const registry = await world.client()
  const reply = await registry.pull(at(layerOf(image)), 1000, () => {})
  t.like(refusalOf(reply), { kind: 'damaged' })
})

test('the proxy of the environment is used, but not for what NO_PROXY names, and its password stays ours', async (t) => {
  const tunnels: string[] = []
  const proxy = createServer().on('connect', (request, socket, head) => {
    tunnels.push(request.url ?? '')
    if (request.headers['proxy-authorization'] !== `Basic ${loginFor('me', 'proxy-secret').auth}`)
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const [name, port] = (request.url ?? '').split(':')
    const onward = connect(Number(port), name, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.write(head)
      socket.pipe(onward).pipe(socket)
    })
    onward.on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as AddressInfo
  const proxied = (login: string, more = {}) => ({
    environment: { HTTPS_PROXY: `http://${login}@127.0.0.1:${port}`, ...more },
  })
  try {
    const registry = await world.client(proxied('me:proxy-secret'))
    t.true((await registry.manifest(at('1.0'))).ok)
    t.deepEqual(tunnels, [host])
    const near = await world.client(proxied('me:proxy-secret', { NO_PROXY: '127.0.0.1' }))
    t.true((await near.manifest(at('1.0'))).ok)
    t.is(tunnels.length, 1)
    const stranger = await world.client(proxied('me:another-secret'))
    const refusal = refusalOf(await stranger.manifest(at('1.0')))
    t.like(refusal, {
      kind: 'unreachable',
      message: 'the proxy that HTTPS_PROXY names does not let it through',
    })
    t.false(JSON.stringify(refusal).includes('another-secret'))
  } finally {
    proxy.closeAllConnections()
    proxy.close()
  }
})

test('digests are those of the bytes, also where the registry claims another', async (t) => {
  const front = await world.front(host)
  const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [] })
  front.fault = () => ({
    status: 200,
    headers: { 'content-type': indexType, 'docker-content-digest': sha256Of('something else') },
    body,
  })
  const registry = await world.client()
  t.like(refusalOf(await registry.manifest(at('1.0', front.host))), { kind: 'damaged' })
})

test('a digest of another kind is held against the bytes as well, and a tag is told by its sha256', async (t) => {
  const front = await world.front()
  const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [] })
  const headers: { [name: string]: string } = { 'content-type': indexType }
  front.fault = () => ({ status: 200, headers, body })
  const registry = await world.client()
  for (const [kind, length] of [
    ['sha384', 96],
    ['sha512', 128],
  ] as const) {
    const right = `${kind}:${createHash(kind).update(body).digest('hex')}`
    t.like(await registry.manifest(at(right, front.host)), { value: { digest: right } })
    const wrong = `${kind}:${'0'.repeat(length)}`
    t.like(refusalOf(await registry.manifest(at(wrong, front.host))), { kind: 'damaged' })
    headers['docker-content-digest'] = right
    t.like(await registry.manifest(at('1.0', front.host)), { value: { digest: sha256Of(body) } })
    t.deepEqual(await registry.digestOf(at('1.0', front.host)), { ok: true, value: sha256Of(body) })
    headers['docker-content-digest'] = wrong
    t.like(refusalOf(await registry.manifest(at('1.0', front.host))), { kind: 'damaged' })
    delete headers['docker-content-digest']
  }
})

for (const host of ['256.256.256.256', 'registry.example:99999'])
  test(`${host}, which is no address, is told like one where nobody answers`, async (t) => {
    const registry = await world.client()
    const refusal = refusalOf(await registry.manifest(at('1.0', host)))
    t.like(refusal, { kind: 'unreachable', endpoint: `https://${host}` })
    t.regex(refusal?.message ?? '', /no address/)
  })

test('a token server that repeats the login is not repeated, not in part either', async (t) => {
  const front = await world.front()
  const { auth } = loginFor('puller', password)
  front.fault = ({ url = '' }) =>
    url.startsWith('/token')
      ? {
          status: 403,
          body: JSON.stringify({
            errors: [{ code: auth, message: `${'x'.repeat(490)} ${password} ${auth}` }],
          }),
        }
      : { status: 401, headers: { 'www-authenticate': `Bearer realm="https://${front.host}/token"` } }
  const registry = await world.client({ auths: { [front.host]: { auth } } })
  const told = JSON.stringify(refusalOf(await registry.manifest(at('1.0', front.host))))
  t.false(told.includes(auth))
  t.false(told.includes(password.slice(0, 5)))
})

test('a token in the file that no header can hold is told, without it', async (t) => {
  const front = await world.front()
  front.fault = () => ({ status: 401, headers: { 'www-authenticate': 'Bearer realm="/token"' } })
  const registry = await world.client({ auths: { [front.host]: { registrytoken: 'one\ntwo' } } })
  const refusal = refusalOf(await registry.manifest(at('1.0', front.host)))
  t.like(refusal, { kind: 'denied' })
  t.false(JSON.stringify(refusal).includes('two'))
})
