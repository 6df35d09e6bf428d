import { spawn } from 'node:child_process'

/** OpenSSH's sftp server behind a line that changes one letter of what is sent (`alter`), or ends after 40,000 bytes (`break`). */
const [fault] = process.argv.slice(2)
const server = spawn('/usr/lib/openssh/sftp-server', { stdio: ['pipe', 'inherit', 'inherit'] })
let passed = 0
process.stdin.on('data', (chunk: Buffer) => {
  passed += chunk.length
  const at = chunk.indexOf('bundle\n')
  if (fault === 'alter' && at >= 0) chunk[at] = 'B'.charCodeAt(0)
  if (fault === 'break' && passed > 40_000) server.kill()
  else server.stdin.write(chunk)
})
process.stdin.on('end', () => server.stdin.end())
server.on('exit', (code) => process.exit(code ?? 1))
