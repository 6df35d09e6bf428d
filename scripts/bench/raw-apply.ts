/**
 * The raw client that the bench compares with: server-side apply of every object of a JSON file (a list of paths and
 * bodies), so many in flight, with no plan, no inventory and no check. Usage: raw-apply.ts FILE IN-FLIGHT
 */
import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'

interface Access {
  url: string
  ca: string
  cert: string
  key: string
}

const [file = '', inFlight = '32'] = process.argv.slice(2)
const { access, objects } = JSON.parse(await readFile(file, 'utf8')) as {
  access: Access
  objects: { path: string; body: string }[]
}
const agent = new Agent({
  keepAlive: true,
  maxSockets: Number(inFlight),
  ca: await readFile(access.ca),
  cert: await readFile(access.cert),
  key: await readFile(access.key),
})

const apply = ({ path, body }: { path: string; body: string }): Promise<void> =>
  new Promise((resolve, reject) => {
    const sent = request(
      new URL(`${path}?fieldManager=raw&force=true`, access.url),
      {
        method: 'PATCH',
        agent,
        headers: {
          'content-type': 'application/apply-patch+yaml',
          'content-length': Buffer.byteLength(body),
        },
      },
      (answer) => {
        answer.resume().once('end', () => {
          if ((answer.statusCode ?? 500) < 300) resolve()
          else reject(new Error(`${path}: ${answer.statusCode}`))
        })
      },
    )
    sent.once('error', reject).end(body)
  })

await Promise.all(objects.map(apply))
agent.destroy()
