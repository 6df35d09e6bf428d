import type { ArtifactPlace, HarborArtifact } from '../harbor/artifact.ts'
import type {
  Component,
  Endpoint,
  HarborLabel,
  HarborProject,
  HarborQuota,
  HarborRobot,
  RobotGrant,
} from '../harbor/observed.ts'
import type { Retention } from '../harbor/retention.ts'

/** Why Harbor (or the way to it) did not do what it was asked for. Nothing secret is in it. */
export interface HarborRefusal {
  /** Method and path: `POST /api/v2.0/projects`. */
  asked: string
  /** Harbor's address with its scheme. */
  server: string
  /** 0: no answer came at all. */
  status: number
  /** Harbor's own code (CONFLICT, FORBIDDEN…); the network's for status 0 (ECONNREFUSED); NotHarbor for what no Harbor answers. */
  code: string
  message: string
}

export type HarborReply<T> = { ok: true; value: T } | { ok: false; refusal: HarborRefusal }

/** What proves that an artifact lies in Harbor: a success on `/v2/` alone may have been proxied live. */
export interface HarborArtifacts {
  /** The artifact as it is stored, or undefined where Harbor says that it is not there (404 of its own shape, nothing else). */
  artifact(place: ArtifactPlace): Promise<HarborReply<HarborArtifact | undefined>>
}

/**
 * Harbor's own API, v2.0: basic auth, TLS with the site's own CA, the environment's proxies. What only asks is tried again for a while on 429 and 5xx;
 * what changes something is sent once. Nothing is thrown for what a server or a network does.
 */
export interface Harbor extends HarborArtifacts {
  /** `https://harbor.staging.example` */
  readonly server: string
  health(): Promise<HarborReply<Component[]>>
  /** All registry endpoints; for administrators. */
  endpoints(): Promise<HarborReply<Endpoint[]>>
  /** Harbor looks first whether the endpoint answers, and refuses where it does not. */
  createEndpoint(endpoint: Omit<Endpoint, 'id'>): Promise<HarborReply<void>>
  updateEndpoint(
    id: number,
    endpoint: Partial<Pick<Endpoint, 'url' | 'description' | 'insecure'>>,
  ): Promise<HarborReply<void>>
  project(name: string): Promise<HarborReply<HarborProject | undefined>>
  /** A proxy cache where `endpoint` is the id of one. `storage` in bytes, -1 without limit, undefined as Harbor is set up. */
  createProject(project: {
    name: string
    public: boolean
    endpoint?: number
    storage?: number
  }): Promise<HarborReply<void>>
  setPublic(project: string, isPublic: boolean): Promise<HarborReply<void>>
  /** What the retention policy of this id keeps. */
  retention(id: number): Promise<HarborReply<Retention>>
  /** Gives a project a policy of one rule, in place of all rules of the one that it has. */
  setRetention(
    project: Pick<HarborProject, 'id' | 'retention'>,
    retention: Exclude<Retention, { keep: 'other' }>,
  ): Promise<HarborReply<void>>
  /** The quota of a project, or undefined where Harbor has quotas switched off. */
  quota(project: number): Promise<HarborReply<HarborQuota | undefined>>
  setQuota(id: number, storage: number): Promise<HarborReply<void>>
  /** The global label of exactly this name. */
  label(name: string): Promise<HarborReply<HarborLabel | undefined>>
  createLabel(label: { name: string; description: string }): Promise<HarborReply<void>>
  /** Robots of one project, or of the system where none is given. */
  robots(project?: number): Promise<HarborReply<HarborRobot[]>>
  /** The new robot with its secret, which Harbor says once and never again. */
  createRobot(robot: {
    name: string
    description: string
    level: HarborRobot['level']
    grants: RobotGrant[]
  }): Promise<HarborReply<{ name: string; secret: string }>>
  updateRobot(robot: HarborRobot): Promise<HarborReply<void>>
  /** A new secret for a robot; the old one is void from then on. */
  renewSecret(id: number): Promise<HarborReply<string>>
  /** Lets go of idle connections. */
  close(): void
}
