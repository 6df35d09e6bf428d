const seconds: { [unit: string]: number } = { h: 3600, m: 60, s: 1 }

/** Seconds of a duration such as `90s`, `15m` or `1h30m`, whose form was checked. */
export const secondsOf = (duration: string): number =>
  [...duration.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count = '0', unit = 's']) => sum + Number(count) * (seconds[unit] ?? 0),
    0,
  )

/** Whether a text is a duration, as the schema of releases has it. */
export const isDuration = (text: string): boolean => /^(?=.)(\d+h)?(\d+m)?(\d+s)?$/.test(text)
