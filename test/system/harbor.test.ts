import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import type { Harbor } from '../../src/core/effects/harbor.ts'
import { openHarbor } from '../../src/system/harbor.ts'
import { createAuthority, createServerCertificate } from '../control-plane/certificates.ts'
import { administrator, startHarbor } from '../harbor/server.ts'
import type { HarborServer } from '../harbor/server.ts'

const open = async (t: ExecutionContext): Promise<{ harbor: Harbor; server: HarborServer }> => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-harbor-'))
  const authority = await createAuthority(folder, 'authority')
  const server = await startHarbor(await createServerCertificate(folder, 'harbor', authority))
  const harbor = openHarbor({
    host: server.host,
    trusted: [await readFile(authority.cert, 'utf8')],
    login: administrator,
    environment: {},
  })
  t.teardown(async () => {
    harbor.close()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  })
  return { harbor, server }
}

const digest = `sha256:${'a'.repeat(64)}`

test('an artifact is there or not by its project, its repository with slashes, and its digest', async (t) => {
  const { harbor, server } = await open(t)
  server.state.artifacts.add(`dockerhub-proxy/library/nginx@${digest}`)
  const place = { project: 'dockerhub-proxy', repository: 'library/nginx', digest }
  t.like(await harbor.artifact(place), { ok: true, value: { digest, size: 4711 } })
  t.deepEqual(await harbor.artifact({ ...place, repository: 'library/redis' }), {
    ok: true,
    value: undefined,
  })
  t.is(
    server.requests[0],
    `GET /api/v2.0/projects/dockerhub-proxy/repositories/library%252Fnginx/artifacts/${digest}`,
  )
  t.deepEqual(server.faults, [])
})

test('lists are read to their last page', async (t) => {
  const { harbor, server } = await open(t)
  for (let id = 1; id <= 250; id += 1)
    server.state.endpoints.push({
      id,
      name: `r${id}`,
      type: 'quay',
      url: `https://r${id}.example`,
      insecure: false,
      description: '',
    })
  const reply = await harbor.endpoints()
  t.is(reply.ok && reply.value.length, 250)
  t.is(server.requests.length, 3)
  t.deepEqual(server.faults, [])
})

test('a project whose name looks like a number is asked for by its name', async (t) => {
  const { harbor, server } = await open(t)
  server.state.projects.push({ project_id: 12, name: 'other', registry_id: 0, metadata: {}, storage: -1 })
  t.deepEqual(await harbor.project('12'), { ok: true, value: undefined })
  t.deepEqual(server.faults, [])
})

const busy =
  (status: number, headers = {}) =>
  (response: ServerResponse) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end('{"errors":[{"code":"TOO_MANY_REQUESTS","message":"slow down"}]}')

test('a question is asked again where Harbor is busy; a change is not sent twice', async (t) => {
  const { harbor, server } = await open(t)
  let left = 2
  server.interfere((_request, response, when) => {
    if (when === 'after' || left === 0) return false
    left -= 1
    busy(left === 1 ? 429 : 503, { 'retry-after': '0' })(response)
    return true
  })
  t.like(await harbor.endpoints(), { ok: true, value: [] })
  t.is(server.requests.length, 3)
  left = 1
  t.like(await harbor.setPublic('x', true), { ok: false, refusal: { status: 503, message: 'slow down' } })
  t.is(server.requests.filter((one) => one.startsWith('PUT ')).length, 1)
})

const hostile: [string, (response: ServerResponse) => void, RegExp][] = [
  [
    'a page of HTML with 200',
    (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>welcome</html>'),
    /it answered 200 with text\/html, which is nothing that Harbor says/,
  ],
  [
    'a page of HTML with 404',
    (response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>no</html>'),
    /it answered 404 with text\/html/,
  ],
  [
    'a redirect to another host',
    (response) => void response.writeHead(302, { location: 'https://evil.example/' }).end(),
    /sent on to https:\/\/evil\.example\/; that is not followed/,
  ],
  [
    'a list where a project should be',
    (response) => void response.end('[]'),
    /nothing that Harbor says there/,
  ],
  [
    'a project without an id',
    (response) => void response.end('{"name":"x"}'),
    /nothing that Harbor says there/,
  ],
  ['an empty answer', (response) => void response.end(), /nothing that Harbor says there/],
  ['a number', (response) => void response.end('42'), /nothing that Harbor says there/],
  [
    'a body without end',
    (response) => {
      const chunk = Buffer.alloc(1024 * 1024, ' ')
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    },
    /more than 16 MiB/,
  ],
]

for (const [what, answer, words] of hostile)
  test(`${what} is never taken for "not there"`, async (t) => {
    const { harbor, server } = await open(t)
    server.interfere((_request, response) => {
      answer(response)
      return true
    })
    for (const reply of [
      await harbor.project('dockerhub-proxy'),
      await harbor.artifact({ project: 'p', repository: 'r', digest }),
    ]) {
      t.false(reply.ok)
      if (reply.ok) return
      t.is(reply.refusal.code, 'NotHarbor')
      t.regex(reply.refusal.message, words)
    }
  })

test('an artifact of another digest than was asked for proves nothing', async (t) => {
  const { harbor, server } = await open(t)
  server.interfere((_request, response) => {
    response.end(JSON.stringify({ digest: `sha256:${'b'.repeat(64)}`, size: 1 }))
    return true
  })
  t.like(await harbor.artifact({ project: 'p', repository: 'r', digest }), { ok: false })
})

test('a gateway that stays bad is told with its status', async (t) => {
  const { harbor, server } = await open(t)
  server.interfere((_request, response) => {
    response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>')
    return true
  })
  t.like(await harbor.project('x'), { ok: false, refusal: { status: 502, code: 'NotHarbor' } })
  t.is(server.requests.length, 4)
})

test('an answer that breaks off is a failure of the network', async (t) => {
  const { harbor, server } = await open(t)
  server.interfere((_request, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{"project_id":')
    setImmediate(() => response.destroy())
    return true
  })
  t.like(await harbor.project('x'), { ok: false, refusal: { status: 0, code: 'ECONNRESET' } })
})
