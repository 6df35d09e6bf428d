const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** `0 B`, `12.3 MiB`: one digit behind the point from KiB on. */
export const bytesInWords = (bytes: number): string => {
  let [value, unit] = [bytes, 0]
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1]
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
