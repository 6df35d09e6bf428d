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

interface ApplyOptions {
  fieldManager: string
  /** Take fields from other managers. */
  force: boolean
  dryRun?: boolean
}

/** A Kubernetes API server. Objects go in and come out as they are: no field is dropped, no integer rounded. */
export interface Cluster {
  /** The URL of the API server. */
  readonly server: string
  /** What access was read from, in words: a path, or `in-cluster`. */
  readonly access: string
  discover(): Promise<Reply<Discovery>>
  describe(): Promise<Reply<Description>>
  /** The object, or undefined where the server says that it is not there (404 NotFound, nothing else). */
  get(address: Address): Promise<Reply<KubeObject | undefined>>
  /** All objects of a kind, page by page; of one namespace where one is given. `metadataOnly` leaves out all but metadata. */
  list(
    kind: ServedKind,
    options: { namespace?: string; selector?: string; metadataOnly?: boolean },
  ): Promise<Reply<KubeObject[]>>
  /** Server-side apply with strict field validation. A resourceVersion in the object makes it conditional. */
  apply(address: Address, object: KubeObject, options: ApplyOptions): Promise<Reply<KubeObject>>
  create(
    address: Address,
    object: KubeObject,
    options: { fieldManager: string; dryRun?: boolean },
  ): Promise<Reply<KubeObject>>
  /** Replaces the object; its resourceVersion must be the live one. */
  update(address: Address, object: KubeObject, options: { fieldManager: string }): Promise<Reply<KubeObject>>
  /** Deletes the object if it still has this UID; 'gone' where it is not there. It may live on until its finalizers are done. */
  remove(
    address: Address,
    options: { uid: string; propagation: 'Foreground' | 'Background' | 'Orphan' },
  ): Promise<Reply<'deleting' | 'gone'>>
  /** Lets go of idle connections. */
  close(): void
}

/** How to reach a cluster, opened or refused (no kubeconfig, one that is broken, a failing credential plugin). */
export type Opened = { ok: true; cluster: Cluster } | { ok: false; problem: Problem }
