/** A seeded generator of numbers in [0, 1): the same seed gives the same run. Source: mulberry32 (Tommy Ettinger, public domain). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export type Random = ReturnType<typeof randomFrom>

export const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'
const word = (random: Random): string =>
  Array.from({ length: 1 + Math.floor(random() * 8) }, () => pick(random, letters.split(''))).join('')

const component = (random: Random): string => {
  const first = word(random)
  return random() < 0.4 ? `${first}${pick(random, ['.', '_', '__', '-', '--'])}${word(random)}` : first
}

const hex = (random: Random): string =>
  Array.from({ length: 64 }, () => pick(random, '0123456789abcdef'.split(''))).join('')

export const hosts = [
  'docker.io',
  'quay.io',
  'ghcr.io',
  'registry.k8s.io',
  'registry.example:5000',
  '[2001:db8::1]:5000',
] as const

/** A valid reference as people write them: with and without host, `library/`, tag and digest. */
export const anyReference = (random: Random, from: readonly string[] = ['', ...hosts]): string => {
  const host = pick(random, from)
  const path = Array.from({ length: 1 + Math.floor(random() * 3) }, () => component(random))
  // Without a host, a first part with a dot would be one.
  const parts = host === '' && path.length > 1 ? [word(random), ...path.slice(1)] : path
  const tag = random() < 0.7 ? `:${pick(random, ['v', 'V', '_', ''])}${word(random)}.${word(random)}` : ''
  const digest = random() < 0.3 ? `@sha256:${hex(random)}` : ''
  return `${host === '' ? '' : `${host}/`}${parts.join('/')}${tag}${digest}`
}
