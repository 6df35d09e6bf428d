/**
 * Builds the test control plane, runs all tests on it, and ends with 'N passed, N failed' on a line of its own, counted from
 * ava's TAP output. A run that counts nothing, or that ava itself ends badly, has failed. Skipped tests are named; where the control
 * plane cannot be built (no Go), the files that need it are skipped by name, but never in CI.
 */
import { readFile, readdir } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { createInterface } from 'node:readline'
import { execa } from 'execa'

/** Whether a test file reaches the control plane by its imports, its neighbours' included. */
const needsControlPlane = async (file: string, seen = new Set<string>()): Promise<boolean> => {
  if (file.startsWith('test/control-plane/')) return true
  if (seen.has(file)) return false
  seen.add(file)
  for (const [, path = ''] of (await readFile(file, 'utf8')).matchAll(
    /^(?:import .*|\} )from '(\.[^']+\.ts)'/gm,
  )) {
    const imported = normalize(join(dirname(file), path))
    if (imported.startsWith('test/') && (await needsControlPlane(imported, seen))) return true
  }
  return false
}

const asked = process.argv.slice(2)
const built = await execa('node', ['test/control-plane/build.ts'], {
  stdin: 'ignore',
  stdout: 'ignore',
  stderr: 'inherit',
  reject: false,
})
if (built.exitCode !== 0 && process.env['CI'] !== undefined) process.exit(1)

const without: string[] = []
const files: string[] = []
if (built.exitCode !== 0)
  for (const name of await readdir('test', { recursive: true })) {
    const file = join('test', name)
    if (file.endsWith('.test.ts')) ((await needsControlPlane(file)) ? without : files).push(file)
  }
const runner =
  built.exitCode === 0 ? ['test/control-plane/shared.ts', 'ava'] : ['node_modules/ava/entrypoints/cli.js']
const ava = execa('node', [...runner, '--tap', ...asked, ...files], {
  stdout: ['pipe'],
  stderr: 'inherit',
  stdin: 'ignore',
  reject: false,
  buffer: false,
})

const counts = { passed: 0, failed: 0, skipped: without.length }
const skipped = without.map((file) => `${file}, which needs the test control plane`)
let failing = false
for await (const line of createInterface({ input: ava.stdout })) {
  const result = /^(not )?ok \d+ - (.*)$/.exec(line)
  if (result) {
    const title = result[2] ?? ''
    failing = result[1] !== undefined && !/# (?:SKIP|TODO)/.test(title)
    if (/# SKIP/.test(title)) {
      counts.skipped += 1
      skipped.push(title)
    } else if (failing) counts.failed += 1
    else counts.passed += 1
    if (!failing) continue
  }
  // What stands between two results tells why the last one failed, or what a test logged.
  if (failing || /^\s*[#-]/.test(line)) console.log(line)
}
const { exitCode } = await ava

for (const title of skipped) console.log(`skipped: ${title}`)
const ended = exitCode === 0 && counts.failed === 0 && counts.passed > 0
if (!ended && counts.failed === 0) {
  counts.failed = 1
  console.log(`ava ended with ${exitCode ?? 'no exit code'} although it named no failed test`)
}
console.log(
  `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
)
process.exitCode = ended ? 0 : 1
