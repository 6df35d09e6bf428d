const seconds: { [unit: string]: number } = { h: 3600, m: 60, s: 1 }

/** Seconds of a duration such as `90s`, `15m` or `1h30m`, whose form the schema has checked. */
export const secondsOf = (duration: string): number =>
  [...duration.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count = '0', unit = 's']) => sum + Number(count) * (seconds[unit] ?? 0),
    0,
  )
