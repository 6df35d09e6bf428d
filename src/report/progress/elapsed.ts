/** A time span as `m:ss`, from an hour on `h:mm:ss`. */
export const elapsed = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** Only what is applied, and what is read from a registry, takes long enough that its time matters. */
export const isTimed = (stage: string): boolean => stage === 'apply' || stage === 'warm'
