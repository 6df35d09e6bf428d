import type { Where } from '../problem.ts'
import type { RobotGrant } from './observed.ts'
import type { Retention } from './retention.ts'

/** What holds for every project that the site declares. */
interface WantedProject {
  name: string
  public: boolean
  keep: Exclude<Retention, { keep: 'other' }>
  /** In bytes, -1 without limit; undefined leaves it as Harbor has it. */
  storage: number | undefined
  /** Where the site file speaks of it. */
  at: Where
}

/** A project that caches one registry. */
export interface WantedProxy extends WantedProject {
  /** As image references name it: `docker.io`. */
  registry: string
  endpoint: { type: string; url: string; insecure: boolean }
}

/** An account that programs log in with. */
export interface WantedRobot {
  /** Without Harbor's prefix: `nodes`. */
  name: string
  grants: RobotGrant[]
  at: Where
}

/** What the site file says of Harbor, defaults filled in. */
export interface WantedHarbor {
  site: string
  /** Harbor's host, with its port where it is not 443. */
  host: string
  proxies: WantedProxy[]
  hosted: WantedProject[]
  robots: WantedRobot[]
}

export type { WantedProject }
