/** Makes helm of the version that releases/lock.yaml names ready, and says where it is; `make setup` calls it. */
import { readFile } from 'node:fs/promises'
import { findHelm } from '../src/system/helm-program.ts'

const wanted = /^helm:\s*["']?(\d[\w.+-]*)/m.exec(await readFile('releases/lock.yaml', 'utf8'))?.[1]
if (wanted === undefined) throw new Error('releases/lock.yaml names no helm version (helm: 4.1.4)')

const helm = await findHelm(wanted, process.env)
if (helm.ok) console.log(`helm ${wanted}: ${helm.value}`)
else {
  for (const { what, fix } of helm.problems) console.error(`${what}\nFix: ${fix}`)
  process.exitCode = 4
}
