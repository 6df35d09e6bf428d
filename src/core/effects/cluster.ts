import type { JsonObject } from '../json.ts'
import type { KubeObject } from '../object.ts'
import type { Problem } from '../problem.ts'
import type { Discovered } from '../stand-in/knowledge.ts'
import type { ServedKind } from '../target.ts'

/** What was asked of the API server, in RBAC's words. */
export interface Asked {
  verb: 'get' | 'list' | 'create' | 'patch' | 'update' | 'delete'
  group: string
  /** The plural name; the path where it was no resource. */
  resource: string
  namespace: string
  name: string
}

/** Why the API server (or the way to it) said no. `status` 0: no answer came at all. */
export interface Refusal {
  asked: Asked
  server: string
  status: number
  /** The API's own word: NotFound, Forbidden, Conflict, Invalid, AlreadyExists…; for status 0 the network's (ECONNREFUSED). */
  reason: string
  message: string
  causes: { reason: string; field: string; message: string }[]
}

/** An answer: what was asked for, or the refusal. Nothing is thrown for what a server or a network does. */
export type Reply<T> = { ok: true; value: T } | { ok: false; refusal: Refusal }

/** Where one object lives on the server. `namespace` is '' for cluster scope. */
export interface Address {
  kind: ServedKind
  namespace: string
  name: string
}

/** Of a write: once this is aborted it is not sent (again), and an answer is not waited for. */
interface Until {
  until?: AbortSignal
}

/** What the server serves. A kind that is in neither list does not exist there. */
export interface Discovery {
  /** All versions of all kinds; within a group the server's preferred version comes first. */
  kinds: ServedKind[]
  /** Groups whose server did not answer (a dead aggregated API): nothing is known of those of their kinds that are not in `kinds`. */
  silent: string[]
}

/** All that a server says of itself: its version, its groups in order of preference, its resources with their subresources. */
export interface Description {
  discovered: Discovered
  /** As in `Discovery`; a group of these is nowhere in `discovered`. */
  silent: string[]
}

interface ApplyOptions extends Until {
  fieldManager: string
  /** Take fields from other managers. */
  force: boolean
  /** Nothing is stored. It is not asked again where a webhook does not answer: that says what is not known, and soon. */
  dryRun?: boolean
}

/** A Kubernetes API server. Objects go in and come out as they are: no field is dropped, no integer rounded. */
export interface Cluster {
  /** The URL of the API server. */
  readonly server: string
  /** What access was read from, in words: a path, or `in-cluster`. */
  readonly access: string
  /** Its version as it says it: `v1.36.3`, `v1.34.1+k3s1`. */
  version(): Promise<Reply<string>>
  discover(): Promise<Reply<Discovery>>
  describe(): Promise<Reply<Description>>
  /** The object, or undefined where the server says that it is not there (404 NotFound, nothing else). */
  get(address: Address): Promise<Reply<KubeObject | undefined>>
  /** All objects of a kind, page by page; of one namespace where one is given. `metadataOnly` leaves out all but metadata. */
  list(
    kind: ServedKind,
    options: { namespace?: string; selector?: string; fieldSelector?: string; metadataOnly?: boolean },
  ): Promise<Reply<KubeObject[]>>
  /** The last lines of what a container has written: of its last run where `previous`, else of the one that is or was there. It may hold secrets. */
  log(
    pod: { namespace: string; name: string },
    options: { container: string; previous: boolean; lines: number },
  ): Promise<Reply<string>>
  /** Who asks, as the API server knows them. */
  whoAmI(): Promise<Reply<{ user: string; groups: string[] }>>
  /** Server-side apply with strict field validation. A resourceVersion in the object makes it conditional. */
  apply(address: Address, object: KubeObject, options: ApplyOptions): Promise<Reply<KubeObject>>
  /** `once`: not sent again, whatever comes of it. */
  create(
    address: Address,
    object: KubeObject,
    options: { fieldManager: string; dryRun?: boolean; once?: boolean } & Until,
  ): Promise<Reply<KubeObject>>
  /** Replaces the object; its resourceVersion must be the live one. */
  update(
    address: Address,
    object: KubeObject,
    options: { fieldManager: string } & Until,
  ): Promise<Reply<KubeObject>>
  /** Changes the object by a JSON Patch (RFC 6902), operation by operation; one that replaces the resourceVersion makes it conditional. */
  patch(
    address: Address,
    operations: JsonObject[],
    options: { fieldManager: string } & Until,
  ): Promise<Reply<KubeObject>>
  /** Deletes the object if it still has this UID; 'gone' where it is not there. It may live on until its finalizers are done. */
  remove(
    address: Address,
    options: { uid: string; propagation: 'Foreground' | 'Background' | 'Orphan' } & Until,
  ): Promise<Reply<'deleting' | 'gone'>>
  /** Lets go of idle connections. */
  close(): void
}

/** How to reach a cluster, opened or refused (no kubeconfig, one that is broken, a failing credential plugin). */
export type Opened = { ok: true; cluster: Cluster } | { ok: false; problem: Problem }
