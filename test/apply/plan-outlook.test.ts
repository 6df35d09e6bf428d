import test from 'ava'
import { mayPass, outlookOf, webhookIn } from '../../src/control-plane/plan/judge-outlook.ts'
import type { Refusal } from '../../src/core/effects/cluster.ts'
import type { ObjectId } from '../../src/core/object.ts'
import type { Action, Plan, Removal } from '../../src/core/plan.ts'

const id = (kind: string, name: string): ObjectId => ({ group: '', kind, namespace: 'shop', name })
const asked = id('Pod', 'p')

const planOf = (actions: Action[], prune: Removal[] = []): Plan => ({
  set: 's',
  bundle: { digest: 'd', version: '1', sequence: 1 },
  replaces: null,
  generation: 1,
  siteValues: [],
  namespaces: [],
  crds: [],
  waves: [
    [
      {
        name: 'web',
        mode: 'install',
        changed: true,
        timeoutSeconds: 1,
        before: [],
        ...(prune.length > 0 && { prune: [prune] }),
        lines: [{ name: 'all', afterWorkloads: false, actions }],
        after: [],
      },
    ],
  ],
  prune: [],
  kept: [],
  notes: [],
})
const refusal = (status: number, reason: string, message: string): Refusal => ({
  asked: { verb: 'patch', group: '', resource: 'pods', namespace: 'shop', name: 'p' },
  server: 'https://s',
  status,
  reason,
  message,
  causes: [],
})

// In the words of the API server (kube-apiserver 1.36; admission/plugin/webhook/errors, plugin/pkg/admission).
const account = refusal(
  403,
  'Forbidden',
  'pods "p" is forbidden: error looking up service account shop/runner: serviceaccount "runner" not found',
)
const right = refusal(
  403,
  'Forbidden',
  'pods "p" is forbidden: User "deployer" cannot patch resource "pods" in API group "" in the namespace "shop"',
)
const role = refusal(404, 'NotFound', 'roles.rbac.authorization.k8s.io "reader" not found')
const denied = refusal(
  400,
  'BadRequest',
  'admission webhook "v.example.org" denied the request: host is taken',
)
const port = refusal(
  422,
  'Invalid',
  'Service "p" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
)
const invalid = refusal(422, 'Invalid', 'Pod "p" is invalid: spec.containers[0].image: Required value')

const makes = (...kinds: string[]): Action[] => kinds.map((kind) => ({ do: 'create', id: id(kind, 'x') }))
const self: Action = { do: 'create', id: asked }
const gone: Removal = { do: 'prune', id: id('Service', 'old'), uid: 'u' }

const cases: [claim: string, refusal: Refusal, plan: Plan, passes: RegExp | undefined][] = [
  [
    'an account that the bundle may bring',
    account,
    planOf([self, ...makes('ServiceAccount')]),
    /ServiceAccount/,
  ],
  ['an account that nobody brings', account, planOf([self, ...makes('ConfigMap')]), undefined],
  ['a right, whatever comes', right, planOf([self, ...makes('ServiceAccount', 'Namespace')]), undefined],
  ['a role that nobody brings', role, planOf([self]), undefined],
  [
    'a webhook that may look for what is yet to come',
    denied,
    planOf([self, ...makes('ConfigMap')]),
    /v\.example\.org/,
  ],
  ['a webhook, where nothing else comes', denied, planOf([self]), undefined],
  ['a webhook, where something goes before', denied, planOf([self], [gone]), /v\.example\.org/],
  ['a port that is taken, where something goes before', port, planOf([self], [gone]), /in its way/],
  ['a port that is taken', port, planOf([self, ...makes('ConfigMap')]), undefined],
  [
    'what is invalid, whatever comes and goes',
    invalid,
    planOf([self, ...makes('ServiceAccount')], [gone]),
    undefined,
  ],
]
for (const [claim, refused, plan, passes] of cases)
  test(`a dry run refused for want of ${claim} is ${passes ? 'no sure refusal' : 'one'}`, (t) => {
    const why = mayPass(refused, asked, outlookOf(plan))
    if (passes) t.regex(why ?? '', passes)
    else t.is(why, undefined)
  })

const webhooks: [message: string, fault: string | undefined][] = [
  ['admission webhook "v.example.org" does not support dry run', 'no dry run'],
  [
    'Internal error occurred: failed calling webhook "v.example.org": failed to call webhook: Post "https://x": dial tcp: connection refused',
    'silent',
  ],
  ['admission webhook "v.example.org" denied the request: no', undefined],
]
for (const [message, fault] of webhooks)
  test(`"${message.slice(0, 60)}" is ${fault === undefined ? 'an answer' : `a webhook with the fault: ${fault}`}`, (t) => {
    const found = webhookIn(refusal(500, '', message))
    t.deepEqual(found, fault === undefined ? undefined : { name: 'v.example.org', fault: fault as 'silent' })
  })
