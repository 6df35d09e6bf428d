import type { Endpoint, RobotGrant } from './observed.ts'
import type { Retention } from './retention.ts'
import type { WantedProject } from './wanted.ts'

type Kept = WantedProject['keep']

/** One thing to do, by names alone: what has an id only once it is made is looked up then. */
export type HarborStep =
  | { do: 'create endpoint'; name: string; endpoint: Omit<Endpoint, 'id' | 'name'> }
  | {
      do: 'change endpoint'
      name: string
      id: number
      to: Partial<Pick<Endpoint, 'url' | 'insecure' | 'description'>>
      /** In words: `url http://a → https://b`, `adopted`. */
      changes: string[]
    }
  | { do: 'mark project'; name: string; description: string; adopts: boolean }
  | {
      do: 'create project'
      name: string
      public: boolean
      storage: number | undefined
      /** The name of its endpoint, and the registry it stands for; null of a hosted project. */
      proxies: { endpoint: string; registry: string } | null
    }
  | { do: 'set public'; name: string; to: boolean }
  | { do: 'set retention'; name: string; from: Retention; to: Kept }
  | { do: 'set quota'; name: string; id: number; from: number; to: number }
  | {
      do: 'create robot'
      name: string
      level: 'project' | 'system'
      description: string
      grants: RobotGrant[]
      /** Where its login goes; null where nobody has said. */
      file: string | null
    }
  | {
      do: 'change robot'
      name: string
      id: number
      /** The project that it belongs to, or null. */
      project: string | null
      description: string
      grants: RobotGrant[]
      changes: string[]
    }
  | { do: 'renew secret'; name: string; robot: string; id: number; file: string }

/** Something that is there and stays as it is. */
export interface HarborKept {
  kind: 'endpoint' | 'project' | 'robot'
  name: string
  /** Somebody else's: neither made nor adopted by scout. Forgotten: scout's, and no longer declared. */
  whose: 'ours' | "somebody else's" | 'forgotten'
}

/** What has to be done so that Harbor is as the site file says. Nothing is ever deleted. */
export interface HarborPlan {
  server: string
  site: string
  steps: HarborStep[]
  kept: HarborKept[]
}
