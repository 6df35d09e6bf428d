import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { readCredentials } from '../../src/system/registry-credentials.ts'

test('a file of logins that others may read is warned of, and used', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-logins-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'config.json')
  const warned = async (content: object, mode: number): Promise<string[]> => {
    await writeFile(file, JSON.stringify(content))
    await chmod(file, mode)
    const read = await readCredentials({ REGISTRY_AUTH_FILE: file })
    if (!read.ok) throw new Error('not read')
    return read.warnings.map(({ code, severity }) => `${severity} ${code}`)
  }
  const auths = { 'h.example': { auth: 'YTpi' } }
  t.deepEqual(await warned({ auths }, 0o644), ['warning registry/readable'])
  t.deepEqual(await warned({ auths }, 0o600), [])
  t.deepEqual(
    await warned({ auths: { 'h.example': {} }, credsStore: 'pass' }, 0o644),
    [],
    'it holds no login',
  )
})
