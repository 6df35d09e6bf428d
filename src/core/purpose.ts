/** What a run does to a set. */
export type Does = 'apply' | 'rollback' | 'remove' | 'correct'

/**
 * Says what a run is for, so that only a run for the same takes it up; undefined for an apply of a whole bundle, which the bundle says. `only`: the
 * releases that it is limited to.
 */
export const purposeFor = (does: Does, only: string[], bundle: string): string | undefined => {
  const names = Array.from(new Set(only))
    .filter((name) => name !== '')
    .sort()
  const alone = `only ${names.join(', ')} of ${bundle}`
  switch (does) {
    case 'apply':
      return only.length === 0 ? undefined : alone
    case 'rollback':
      return `rollback ${only.length === 0 ? `to ${bundle}` : alone}`
    case 'remove':
      return `remove ${names.join(', ')}`
    case 'correct':
      return `correct ${alone}`
  }
}

/** What a run of this purpose does. */
export const doesOf = (purpose: string | undefined): Does =>
  (['rollback', 'remove', 'correct'] as const).find((word) => purpose?.startsWith(`${word} `)) ?? 'apply'
