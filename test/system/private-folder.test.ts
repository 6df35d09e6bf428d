import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import test from 'ava'
import { execa } from 'execa'

const script = `
import { writeFileSync } from 'node:fs'
import { inPrivateFolder } from ${JSON.stringify(join(import.meta.dirname, '../../src/system/private-folder.ts'))}
const wait = async (folder) => {
  writeFileSync(folder + '/values.yaml', 'secret')
  console.log(folder)
  await new Promise((done) => setTimeout(done, 600_000))
}
await Promise.all([inPrivateFolder(wait), inPrivateFolder(wait, 'small')])
`

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  test(`what helm is given does not outlive ${signal}`, async (t) => {
    const program = execa(process.execPath, ['--input-type=module', '--eval', script], { reject: false })
    const folders: string[] = []
    for await (const line of createInterface({ input: program.stdout })) {
      folders.push(line)
      if (folders.length < 2) continue
      t.true(folders.every((folder) => existsSync(join(folder, 'values.yaml'))))
      program.kill(signal)
    }
    t.is((await program).signal, signal)
    t.deepEqual(
      folders.map((folder) => existsSync(folder)),
      [false, false],
    )
  })

test('a process that ends by itself leaves no folder behind', async (t) => {
  const brief = script.replace('600_000', '10')
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', brief])
  const folders = stdout.split('\n')
  t.is(folders.length, 2)
  t.deepEqual(folders.map(existsSync), [false, false])
})

const start = () => execa(process.execPath, ['--input-type=module', '--eval', script], { reject: false })

const foldersOf = async (program: ReturnType<typeof start>): Promise<string[]> => {
  const folders: string[] = []
  for await (const line of createInterface({ input: program.stdout })) {
    folders.push(line)
    if (folders.length === 2) break
  }
  return folders
}

test('what a run that was killed left is removed by the next one, and nothing of one that is at work', async (t) => {
  const killed = start()
  const left = await foldersOf(killed)
  killed.kill('SIGKILL')
  await killed
  t.deepEqual(left.map(existsSync), [true, true])
  const first = start()
  const held = await foldersOf(first)
  const second = start()
  await foldersOf(second)
  t.deepEqual(left.map(existsSync), [false, false])
  t.deepEqual(held.map(existsSync), [true, true])
  for (const program of [first, second]) {
    program.kill('SIGTERM')
    await program
  }
  t.deepEqual(held.map(existsSync), [false, false])
})
