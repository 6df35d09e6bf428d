import { readFile } from 'node:fs/promises'
import https from 'node:https'
import type { Certificate } from '../control-plane/certificates.ts'

/** One HTTPS request to a server whose certificate the authority has signed. */
export const call = async (
  url: string,
  authority: Certificate,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: { [name: string]: string }; body?: Uint8Array } = {},
): Promise<{ status: number; headers: { [name: string]: string | string[] | undefined }; body: Buffer }> => {
  const ca = await readFile(authority.cert)
  return await new Promise((resolve, reject) => {
    const request = https.request(url, { method, headers, ca, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.once('error', reject)
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      )
    })
    request.once('error', reject)
    request.end(body)
  })
}
