import type { Lookup } from '../stand-in/answer.ts'
import type { Knowledge } from '../stand-in/knowledge.ts'

/** One render's way to the stand-in: what it may know, and what it asked. */
export interface Visit {
  /** A kubeconfig, JSON, that leads to the stand-in and nowhere else. */
  kubeconfig: string
  /** What templates looked up, in order. */
  lookups: Lookup[]
  /** Paths that nobody could answer truly: they got a 501. */
  unknown: string[]
  end(): void
}

/** A stand-in for an API server: on loopback, on a port and with tokens of chance, read-only, for this run alone. */
export interface StandIn {
  visit(knowledge: Knowledge): Visit
  close(): Promise<void>
}
