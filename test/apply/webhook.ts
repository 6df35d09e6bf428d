import { mkdtemp, readFile } from 'node:fs/promises'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { isObject, parseJson } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { createServerCertificate } from '../control-plane/certificates.ts'
import type { ControlPlane } from '../control-plane/control-plane.ts'

/** A validating webhook of ours that allows everything. */
export interface Webhook {
  /** Its configuration, for the ConfigMaps of one namespace. */
  configuration: KubeObject
  /** How often it was asked. */
  asked: () => number
  up: () => Promise<void>
  down: () => Promise<void>
}

/** Makes a webhook that is down; it keeps its port over downs and ups. */
export const webhookFor = async (
  { dir, authority, ca }: ControlPlane,
  namespace: string,
  sideEffects = 'None',
): Promise<Webhook> => {
  const certificate = await createServerCertificate(
    await mkdtemp(path.join(dir, 'webhook-')),
    'webhook',
    authority,
  )
  const [cert, key] = await Promise.all([readFile(certificate.cert), readFile(certificate.key)])
  let asked = 0
  let port = 0
  let server: https.Server | undefined
  const up = async (): Promise<void> => {
    server = https.createServer({ cert, key }, (incoming, outgoing) => {
      const chunks: Buffer[] = []
      incoming
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .once('end', () => {
          asked += 1
          const review = parseJson(Buffer.concat(chunks).toString())
          const request = isObject(review) && isObject(review['request']) ? review['request'] : {}
          outgoing.writeHead(200, { 'content-type': 'application/json' }).end(
            JSON.stringify({
              apiVersion: 'admission.k8s.io/v1',
              kind: 'AdmissionReview',
              response: { uid: request['uid'], allowed: true },
            }),
          )
        })
    })
    await new Promise<void>((resolve, reject) => {
      server?.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
    server.unref()
    port = (server.address() as AddressInfo).port
  }
  const down = async (): Promise<void> => {
    const closed = new Promise((resolve) => server?.close(resolve))
    server?.closeAllConnections()
    await closed
  }
  await up()
  await down()
  return {
    up,
    down,
    asked: () => asked,
    configuration: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: `hook-${namespace}` },
      webhooks: [
        {
          name: 'judge.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects,
          timeoutSeconds: 2,
          clientConfig: {
            url: `https://127.0.0.1:${port}/judge`,
            caBundle: (await readFile(ca)).toString('base64'),
          },
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          rules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['configmaps'],
            },
          ],
        },
      ],
    },
  }
}
