import type { LockState } from '../core/lock.ts'
import { visible } from './visible.ts'

/** A lock in words: who held it, since when, and what was done about it. */
export const describeLock = ({ set, state, holder, since, renewed, freed }: LockState): string => {
  if (state === 'free') return `${visible(set)}: nobody holds the lock\n`
  const who = `${holder}${since === '' ? '' : ` since ${since}`}, last renewed at ${renewed}`
  const how = state === 'expired' ? 'had expired' : 'was taken from a run that may live'
  return visible(`${set}: the lock of ${who}, ${how}${freed ? '; it is free now' : ''}`) + '\n'
}
