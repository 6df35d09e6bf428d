import { bytesInWords } from '../core/registry/bytes.ts'
import { counted } from './count.ts'
import { visible } from './visible.ts'

interface Warmed {
  images: number
  blobs: number
  bytes: number
  resumed: number
  failed: unknown[]
}

interface Checked {
  images: { name: string; state: 'cached' | 'reachable' | 'missing' | 'unknown'; lacking: string[] }[]
}

/** What was warmed, in words, of so many images. */
export const describeWarmed = ({ images, blobs, bytes, resumed, failed }: Warmed, of: number): string =>
  [
    `${images} of ${counted(of, 'image')} warm: ${bytesInWords(bytes)} read in ${counted(blobs, 'blob')}`,
    resumed > 0 ? `, ${bytesInWords(resumed)} by a run before` : '',
    '\n',
    failed.length > 0 ? 'run it again: what is done is not done again\n' : '',
    failed.length === 0
      ? 'Harbor stores what it has proxied after a while: `scout images check` proves it\n'
      : '',
  ].join('')

const states = ['cached', 'reachable', 'missing', 'unknown'] as const

/** Whether images are cached, in words: a line an image, and how many of each state. */
export const describeCache = ({ images }: Checked): string => {
  const width = Math.max(...states.map((state) => state.length))
  const count = states
    .map((state) => [state, images.filter((one) => one.state === state).length] as const)
    .filter(([, number]) => number > 0)
    .map(([state, number]) => `${number} ${state}`)
  return [
    ...images.map(
      ({ name, state, lacking }) =>
        `${state.padEnd(width)}  ${visible(name)}\n${lacking.map((digest) => `${' '.repeat(width)}  lacks ${digest}\n`).join('')}`,
    ),
    `${counted(images.length, 'image')}${count.length > 0 ? `: ${count.join(', ')}` : ''}\n`,
  ].join('')
}

/** Names that were left out, in words; nothing where there is none. */
export const describeLeft = (names: string[]): string =>
  names.length === 0
    ? ''
    : [
        `${counted(names.length, 'name')} left out, for only an operator knows the rest of it (images.extra can declare what it pulls):\n`,
        ...names.map((name) => `  ${visible(name)}\n`),
      ].join('')
