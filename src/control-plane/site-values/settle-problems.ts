import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'

export const missing = (id: string): Problem =>
  problem({
    code: 'apply/site-value-missing',
    fault: 'world',
    what: `The site value ${id} is supplied by people, and nobody has given it yet.`,
    why: 'It is not in git or in the bundle, so nobody else can know it.',
    fix: `scout-apply site-values BUNDLE supply ${id} --from FILE (or without --from, the value on standard input)`,
  })

export const lostProblem = (id: string): Problem =>
  problem({
    code: 'apply/site-values-lost',
    fault: 'world',
    what: `The site value ${id} is in use, and the Secret that kept it is gone, or has it no more.`,
    why: 'A new one would lock out whoever still knows the old one: a database, a user, a client.',
    fix: `Restore a backup: scout-apply site-values BUNDLE restore FILE --identity FILE; or make a new one knowingly: scout-apply site-values BUNDLE rotate ${id}`,
  })

const warn = (code: Problem['code'], what: string, why: string, fix: string): Problem =>
  problem({ code, severity: 'warning', fault: 'world', what, why, fix })

const rotating = (id: string): string =>
  `scout-apply site-values BUNDLE rotate ${id}, then apply the bundle again`

export const recipeChanged = (id: string): Problem =>
  warn(
    'apply/recipe-changed',
    `The recipe of the site value ${id} has changed since it was made; the old value is kept.`,
    'A new value would be rolled out to all who use it.',
    `Where a new one is wanted: ${rotating(id)}.`,
  )

export const notTaken = (id: string, from: string, why: string): Problem =>
  warn(
    'apply/not-taken-over',
    `The site value ${id} is made anew; what is on the cluster (${from}) is not taken over: ${why}.`,
    'Whoever uses the old one gets the new one with this apply.',
    'Where the old one must stay, put its parts right on the cluster first and run this again.',
  )

export const ending = (id: string, end: number, now: number): Problem =>
  warn(
    'apply/certificate-ends',
    `The certificate ${id} ${end <= now ? 'has ended' : 'ends'} on ${new Date(end).toISOString().slice(0, 10)}.`,
    'Whoever checks it refuses it from then on.',
    `Make a new one: ${rotating(id)}.`,
  )

export const placesDiffer = (id: string, from: string, others: string[]): Problem =>
  warn(
    'apply/places-differ',
    `The site value ${id} is taken over from ${from}; ${others.join(' and ')} holds another one.`,
    'All its places get the same value with this apply.',
    'Look which one is in use before you apply.',
  )

export const otherKind = (id: string): Problem => ({
  ...recipeChanged(id),
  severity: 'error',
  what: `The recipe of the site value ${id} has changed since it was made, and the old value has not the parts that are wanted now.`,
})

export const tooLongForBcrypt = (id: string, of: string, most: number): Problem =>
  problem({
    code: 'apply/too-long-for-bcrypt',
    what: `The site value ${of} has more than ${most} bytes, too many for ${id}, its htpasswd.`,
    why: 'bcrypt reads no further, so a part of it would do.',
    fix: 'Use a shorter one.',
  })
