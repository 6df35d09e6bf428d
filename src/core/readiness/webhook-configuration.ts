import { isObject } from '../json.ts'
import { mapAt, ready, textAt, waiting } from './rule.ts'
import type { ReadinessRule } from './rule.ts'

/** Source: cert-manager `pkg/apis/certmanager/v1/types.go`: what asks its cainjector for a CA. */
const askForCa = [
  'cert-manager.io/inject-ca-from',
  'cert-manager.io/inject-ca-from-secret',
  'cert-manager.io/inject-apiserver-ca',
]

/** Charts write a line break in base64 where the schema once asked for something. */
const isMissing = (caBundle: string): boolean => caBundle === '' || caBundle === 'Cg=='

/** Until the CA is there, the API server refuses whatever the webhook is asked about. */
export const webhookConfiguration: ReadinessRule = {
  kinds: [
    'MutatingWebhookConfiguration.admissionregistration.k8s.io',
    'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
  ],
  readyWhen:
    'it is there; where annotations ask the cainjector of cert-manager for a CA: each webhook has one',
  judge: (object) => {
    const annotations = mapAt(object, 'metadata', 'annotations')
    if (!askForCa.some((name) => textAt(annotations, name) !== '')) return ready
    const webhooks = object['webhooks']
    const without = (Array.isArray(webhooks) ? webhooks : [])
      .filter(isObject)
      .find((webhook) => isMissing(textAt(mapAt(webhook, 'clientConfig'), 'caBundle')))
    return without === undefined ? ready : waiting(`webhook ${textAt(without, 'name')} has no CA yet`)
  },
}
