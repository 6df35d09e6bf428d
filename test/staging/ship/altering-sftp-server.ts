import { spawn } from 'node:child_process'

/** OpenSSH's sftp server behind a line that changes one word of whatever is sent through it. */
const server = spawn('/usr/lib/openssh/sftp-server', { stdio: ['pipe', 'inherit', 'inherit'] })
process.stdin.on('data', (chunk: Buffer) => {
  const at = chunk.indexOf('bundle\n')
  if (at >= 0) chunk[at] = 'B'.charCodeAt(0)
  server.stdin.write(chunk)
})
process.stdin.on('end', () => server.stdin.end())
server.on('exit', (code) => process.exit(code ?? 1))
