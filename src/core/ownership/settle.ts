import { canonicalJson } from '../json.ts'
import type { Json } from '../json.ts'
import type { Discovery } from '../effects/cluster.ts'
import { groupVersionOf } from '../object.ts'
import type { KubeObject } from '../object.ts'
import { apiVersionOf } from '../target.ts'
import { entriesOf, fieldsOf, isAppliedBy } from './entries.ts'
import type { Entry } from './entries.ts'
import { cutOut, isEmpty, unionOf, withoutPointer } from './field-set.ts'
import type { FieldSet } from './field-set.ts'
import { handover, isFormer } from './managers.ts'

/** How the record of who owns what is to be settled before an object is applied. */
export interface Settling {
  manager: string
  /** In which the object is applied. */
  apiVersion: string
  isServed(apiVersion: string): boolean
  /** JSON pointers of fields that we don't set any more, and whose values stay. */
  giveUp: string[]
  /** Whether what `helm` and client-side `kubectl apply` own becomes ours. */
  take: boolean
  /** Managers of other sets that hand their objects over to ours. */
  handedOver?: ReadonlySet<string>
  /** Fields that become ours besides: those of the last release that Helm's patches left to nobody. */
  besides?: FieldSet
}

/** Whether a kind is served in an API version; of a group that is silent nobody knows, and it is taken for served. */
export const isServedIn = ({ kinds, silent }: Discovery, kind: string, apiVersion: string): boolean =>
  silent.includes(groupVersionOf(apiVersion).group) ||
  kinds.some((one) => one.kind === kind && apiVersionOf(one) === apiVersion)

/** `current` is the version in which the object was read: that one is served. */
const isOfUnserved = (entry: Entry, current: string, isServed: Settling['isServed']): boolean => {
  const version = entry['apiVersion']
  return typeof version === 'string' && version !== current && !isServed(version)
}

/** Whether the record of an object speaks of an API version that is served no more: until it is settled the server takes no apply of it. */
export const speaksOfUnserved = (live: KubeObject, discovery: Discovery): boolean =>
  entriesOf(live).some((entry) =>
    isOfUnserved(entry, live.apiVersion, (version) => isServedIn(discovery, live.kind, version)),
  )

/** What tells entries apart (`BuildManagerIdentifier` of the API server): two that are alike in this would be one. */
const identityOf = (entry: Entry): string =>
  canonicalJson([
    entry['manager'] ?? '',
    entry['operation'] ?? '',
    entry['subresource'] ?? '',
    entry['operation'] === 'Apply' ? '' : (entry['apiVersion'] ?? ''),
  ])

const together = (a: FieldSet, b: FieldSet): FieldSet => (isEmpty(a) ? b : isEmpty(b) ? a : unionOf(a, b))

const merged = (entries: Entry[]): Entry[] => {
  const known = new Map<string, Entry>()
  for (const entry of entries) {
    const same = known.get(identityOf(entry))
    const fieldsV1 = same ? together(fieldsOf(same), fieldsOf(entry)) : fieldsOf(entry)
    known.set(identityOf(entry), { ...(same ?? entry), fieldsV1 })
  }
  return Array.from(known.values())
}

/**
 * `metadata.managedFields` as it must be before an object is applied by its new owner; undefined where it is so already.
 *
 * - What writers of before (`isFormer`) own becomes ours, so that the apply removes what is no longer wanted (client-go
 *   `util/csaupgrade/upgrade.go`: only sets of one API version are united).
 * - What we give up becomes that of a manager that never writes (`handover`), until its new owner writes it: server-side apply removes a field that
 *   its last owner leaves out.
 * - Entries of an API version that is no longer served are said in the one that is: with them no apply succeeds
 *   (kubernetes/kubernetes issue 111937).
 */
export const settledFields = (live: KubeObject, settling: Settling): Entry[] | undefined => {
  const { manager, apiVersion, isServed, giveUp, take, handedOver, besides = {} } = settling
  const before = entriesOf(live)
  const served = before.map((entry) =>
    isOfUnserved(entry, apiVersion, isServed) ? { ...entry, apiVersion } : entry,
  )
  const known = merged(served)
  const former = take ? known.filter((entry) => isFormer(entry, manager, handedOver)) : []
  const ours = known.find((entry) => isAppliedBy(entry, manager))
  const version: Json = ours?.['apiVersion'] ?? former[0]?.['apiVersion'] ?? apiVersion
  const taken = former.filter((entry) => entry['apiVersion'] === version)
  const fields = [...taken.map(fieldsOf), besides].reduce(together, ours ? fieldsOf(ours) : {})
  const left = giveUp.reduce<FieldSet>((set, pointer) => withoutPointer(set, live, pointer) ?? {}, fields)
  const entryFor = (known: Entry | undefined, name: string, operation: string, fieldsV1: FieldSet): Entry[] =>
    isEmpty(fieldsV1)
      ? []
      : [
          {
            ...(known ?? {
              manager: name,
              operation,
              fieldsType: 'FieldsV1',
              time: taken[0]?.['time'] ?? null,
            }),
            apiVersion: version,
            fieldsV1,
          },
        ]
  const isHandover = (one: Entry): boolean => one['manager'] === handover && one['apiVersion'] === version
  const handed = known.find(isHandover)
  const given = together(handed ? fieldsOf(handed) : {}, cutOut(fields, left))
  const after = [
    ...known.filter((one) => one !== ours && one !== handed && !taken.includes(one)),
    ...entryFor(handed, handover, 'Update', given),
    ...entryFor(ours, manager, 'Apply', left),
  ]
  const sorted = (entries: Entry[]): string => canonicalJson(entries.map((one) => canonicalJson(one)).sort())
  return sorted(after) === sorted(before) ? undefined : after
}
