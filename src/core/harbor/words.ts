import type { Retention } from './retention.ts'

/** `what was pulled within 7 days` */
export const retentionInWords = (retention: Retention): string => {
  switch (retention.keep) {
    case 'always':
      return 'everything'
    case 'pulled':
      return `what was pulled within ${retention.days} ${retention.days === 1 ? 'day' : 'days'}`
    case 'other':
      return 'what rules of its own say'
  }
}

const units = [
  ['Ti', 2 ** 40],
  ['Gi', 2 ** 30],
  ['Mi', 2 ** 20],
] as const

/** A limit in bytes as the site file writes it: `200Gi`; -1 is `unlimited`. */
export const sizeInWords = (bytes: number): string => {
  if (bytes < 0) return 'unlimited'
  const unit = units.find(([, size]) => bytes > 0 && bytes % size === 0)
  return unit === undefined ? `${bytes} bytes` : `${bytes / unit[1]}${unit[0]}`
}
