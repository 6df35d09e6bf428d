import { createPrivateKey, randomUUID, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Certificate } from '../control-plane/certificates.ts'

export interface TokenServer {
  /** `https://127.0.0.1:PORT/token` */
  realm: string
  /** Queries and forms, and the login of each. */
  asked: { method: string; form: URLSearchParams; authorization: string | undefined }[]
  /** A token for these actions on a repository, whoever asks. */
  tokenFor(repository: string, actions: string[]): string
  stop(): Promise<void>
}

export const tokenIssuer = 'scout test'
export const tokenService = 'scout.test'

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * A token server as distribution's docs/spec/auth define it: a GET with basic auth, or OAuth 2's POST with a refresh token. Whoever knows the password may
 * pull; a real registry checks the tokens. `signer` is a certificate that the registry's rootcertbundle has signed.
 */
export const startTokenServer = async (
  signer: Certificate,
  { user, password, refreshToken }: { user: string; password: string; refreshToken: string },
): Promise<TokenServer> => {
  const pem = await readFile(signer.cert, 'utf8')
  const key = createPrivateKey(await readFile(signer.key))
  const [algorithm, options] =
    key.asymmetricKeyType === 'ec'
      ? (['ES256', { dsaEncoding: 'ieee-p1363' }] as const)
      : (['RS256', {}] as const)
  const x5c = [pem.replaceAll(/-----[^-]+-----|\s/g, '')]
  const tokenFor: TokenServer['tokenFor'] = (repository, actions) => {
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: tokenIssuer,
      sub: user,
      aud: tokenService,
      exp: now + 300,
      nbf: now - 10,
      iat: now,
      jti: randomUUID(),
      access: [{ type: 'repository', name: repository, actions }],
    }
    const text = `${base64url({ typ: 'JWT', alg: algorithm, x5c })}.${base64url(claims)}`
    return `${text}.${sign('sha256', Buffer.from(text), { key, ...options }).toString('base64url')}`
  }
  const asked: TokenServer['asked'] = []
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const server = https.createServer({ cert: pem, key: await readFile(signer.key) }, (request, response) => {
    const { method = '', headers } = request
    const { searchParams } = new URL(request.url ?? '/', 'https://token')
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.once('end', () => {
      const form = method === 'POST' ? new URLSearchParams(body) : searchParams
      asked.push({ method, form, authorization: headers.authorization })
      const known =
        method === 'POST' ? form.get('refresh_token') === refreshToken : headers.authorization === basic
      const [, repository = '', actions = ''] =
        /^repository:([^:]+):(.*)$/.exec(form.get('scope') ?? '') ?? []
      const answer = (status: number, content: object): void =>
        void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
      if (!known) return answer(401, { errors: [{ code: 'UNAUTHORIZED', message: 'who are you?' }] })
      const token = tokenFor(repository, actions.split(','))
      answer(200, method === 'POST' ? { access_token: token } : { token })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    realm: `https://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    asked,
    tokenFor,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
