/** A number as people read it: `2,000`. Not by Intl, which takes 30 ms to wake up. */
export const grouped = (count: number): string => String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')

/** A number with its noun: `1 error`, `2,000 errors`. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${grouped(count)} ${count === 1 ? noun : plural}`
