/**
 * The least that a no-op can cost: one LIST, page by page, and parsing it. Usage: raw-list.ts FILE, with a JSON of how to get in and of the path.
 */
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'

const { access, path } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as {
  access: { url: string; ca: string; cert: string; key: string }
  path: string
}
const agent = new Agent({
  keepAlive: true,
  ca: await readFile(access.ca),
  cert: await readFile(access.cert),
  key: await readFile(access.key),
})

const get = (from: string): Promise<{ items: unknown[]; metadata: { continue?: string } }> =>
  new Promise((resolve, reject) => {
    const query = new URLSearchParams({ limit: '500', ...(from !== '' && { continue: from }) })
    request(new URL(`${path}?${query.toString()}`, access.url), { agent }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.once('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
    })
      .once('error', reject)
      .end()
  })

let from = ''
let count = 0
do {
  const page = await get(from)
  count += page.items.length
  from = page.metadata.continue ?? ''
} while (from !== '')
agent.destroy()
if (count === 0) throw new Error(`${path} has no objects`)
