import { labels } from './applyset.ts'
import { keysOfPointer } from './pointer.ts'
import type { Path } from './pointer.ts'
import type { FieldTest } from './readiness/declared.ts'

/** Fields that somebody else sets on the cluster: they are left out of what is applied, and of what counts as drift. */
interface IgnoreRule {
  /** `Kind.group` (`Deployment.apps`, `Service`), or `*`. */
  kind: string
  /** The object's name; all of the kind where it is left out. */
  name?: string
  /** JSON pointers; `*` stands for every item or key of one step. */
  fields: string[]
}

/** When objects of a kind are ready, for a kind that no given rule knows or where a given one does not serve. */
export interface ReadyRule {
  /** `Kind.group` */
  kind: string
  name?: string
  /** Ready where all of them hold. */
  ready: FieldTest[]
  /** Failed for good where one of them holds. */
  failed: FieldTest[]
}

/** How one release is to be applied, where the usual way does not serve. */
export interface Policy {
  ignore: IgnoreRule[]
  /** `Kind.group` of what may be deleted and made anew where a change is forbidden; a StatefulSet leaves its Pods behind for the new one. */
  recreate: string[]
  /** `early`: what the release has no more goes before its new objects come, not after all waves are ready. */
  prune: 'last' | 'early'
  ready: ReadyRule[]
}

/** What holds for a release that says nothing. */
export const usualPolicy: Policy = { ignore: [], recreate: [], prune: 'last', ready: [] }

/** Whether a policy says nothing but what holds anyway. */
export const isUsual = ({ ignore, recreate, prune, ready }: Policy): boolean =>
  ignore.length + recreate.length + ready.length === 0 && prune === usualPolicy.prune

/** The policy of a release of a bundle. */
export const policyOf = (release: { policy?: Policy }): Policy => release.policy ?? usualPolicy

/** A way in which a policy of the right shape cannot be meant, and the place in it. */
export interface PolicyFault {
  slug: 'never-recreated' | 'ignored-identity' | 'duplicate-rule'
  at: Path
  what: string
  why: string
  fix: string
}

/** What is deleted with one of these cannot be made anew from a release: data, or all that lives in it. */
export const neverRecreated = [
  'CustomResourceDefinition.apiextensions.k8s.io',
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
]

/** Without these it could not be told which object is meant, or whose it is. */
const identity = [
  ['apiVersion'],
  ['kind'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
  ['metadata', 'labels', labels.partOf],
]

/** What of an object's identity would be left out with the field at a pointer. */
const identityAt = (pointer: string): string | undefined => {
  const steps = keysOfPointer(pointer)
  const within = identity.find((path) =>
    steps.every((step, index) => index < path.length && (step === '*' || step === path[index])),
  )
  return within?.join('.')
}

const faultsOfIgnored = ({ ignore }: Policy): PolicyFault[] =>
  ignore.flatMap(({ fields }, rule) =>
    fields.flatMap((field, index): PolicyFault[] => {
      const lost = identityAt(field)
      if (lost === undefined) return []
      return [
        {
          slug: 'ignored-identity',
          at: ['ignore', rule, 'fields', index],
          what: `\`${field}\` cannot be ignored${lost === keysOfPointer(field).join('.') ? '' : `: it holds \`${lost}\``}`,
          why: 'It says which object is meant, and that it is ours.',
          fix: 'Name the field itself that somebody else sets, such as /spec/replicas.',
        },
      ]
    }),
  )

const faultsOfRecreated = ({ recreate }: Policy): PolicyFault[] =>
  recreate.flatMap((kind, index): PolicyFault[] =>
    neverRecreated.includes(kind)
      ? [
          {
            slug: 'never-recreated',
            at: ['recreate', index],
            what: `\`${kind}\` is never deleted to be made anew`,
            why: 'What it holds would be lost.',
            fix: 'Remove it. Where its fields must change, make a new object beside it and move what it holds.',
          },
        ]
      : [],
  )

const faultsOfReady = ({ ready }: Policy): PolicyFault[] => {
  const seen = new Set<string>()
  return ready.flatMap(({ kind, name }, index): PolicyFault[] => {
    const key = `${kind}/${name ?? ''}`
    if (seen.size !== seen.add(key).size) return []
    return [
      {
        slug: 'duplicate-rule',
        at: ['ready', index],
        what: `there are two rules for \`${kind}\`${name === undefined ? '' : ` of the name \`${name}\``}`,
        why: 'Only one of them could hold.',
        fix: 'Put the tests of both into one rule.',
      },
    ]
  })
}

/** Why a policy cannot hold: what is never recreated, fields that make an object what it is, two rules for one thing. */
export const policyFaults = (policy: Policy): PolicyFault[] => [
  ...faultsOfIgnored(policy),
  ...faultsOfRecreated(policy),
  ...faultsOfReady(policy),
]
