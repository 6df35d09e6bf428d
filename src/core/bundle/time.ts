/** Milliseconds since the epoch of a time in UTC to the second (`2027-01-31T00:00:00Z`), or undefined where it is none. */
export const instantOf = (text: string): number | undefined => {
  const instant = Date.parse(text)
  // Date.parse takes the 30th of February for the 1st of March: only what is written the same again is meant.
  return !Number.isNaN(instant) && timeOf(instant) === text ? instant : undefined
}

/** A time in UTC to the second, as `instantOf` reads it. */
export const timeOf = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z')
