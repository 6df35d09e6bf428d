/**
 * Runs all tests on one shared control plane and ends with 'N passed, N failed' on a line of its own, counted from
 * ava's TAP output. A run that counts nothing, or that ava itself ends badly, has failed. Skipped tests are named.
 */
import { createInterface } from 'node:readline'
import { execa } from 'execa'

const ava = execa('node', ['test/control-plane/shared.ts', 'ava', '--tap', ...process.argv.slice(2)], {
  stdout: ['pipe'],
  stderr: 'inherit',
  stdin: 'ignore',
  reject: false,
  buffer: false,
})

const counts = { passed: 0, failed: 0, skipped: 0 }
const skipped: string[] = []
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
