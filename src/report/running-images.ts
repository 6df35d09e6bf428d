import { nameOf } from '../core/object.ts'
import type { ImageFault, RunningImage, SetImages } from '../core/running-images.ts'
import { counted } from './count.ts'
import type { Paint } from './paint.ts'
import { shortened, visible } from './visible.ts'

/** Lines in a terminal; JSON has all of them. */
const mostRuns = 5

const safe = (text: string): string => shortened(visible(text), 300)

const runLine = ({ pod, place, owners, ofSet }: RunningImage['runs'][number]): string => {
  const maker = owners.at(-1)
  const by = maker === undefined ? 'made by hand' : `of ${safe(nameOf(maker))}`
  return `      ${safe(nameOf(pod))}, ${safe(place)}, ${by}${ofSet ? '' : ', which is not of the set'}`
}

const wordsOf = (one: RunningImage, fault: ImageFault, { harbor }: SetImages): string => {
  switch (fault) {
    case 'stranger':
      return 'nobody declared it'
    case 'outside':
      return `not from ${safe(harbor ?? '')}${one.declared === undefined ? '' : ', where it is declared'}`
    case 'digest':
      return `runs as ${(one.found ?? []).join(', ')}, and pinned is ${one.pinned ?? ''}`
  }
}

const imageLines = (one: RunningImage, all: SetImages, paint: Paint): string[] => {
  const left = one.runs.length - mostRuns
  return [
    `${paint.red(`  ! ${safe(one.image)}`)}: ${one.faults.map((fault) => wordsOf(one, fault, all)).join('; ')}`,
    ...one.runs.slice(0, mostRuns).map(runLine),
    ...(left > 0 ? [`      … and ${counted(left, 'more place')} (--output json has all)`] : []),
  ]
}

const endOf = ({ images, pods, missing, notLookedAt }: SetImages): string => {
  const count = (fault: ImageFault): number => images.filter(({ faults }) => faults.includes(fault)).length
  const found = [
    [count('stranger'), 'that nobody declared'],
    [count('outside'), 'not from Harbor'],
    [count('digest'), 'with another digest than the pinned one'],
  ] as const
  const words = found.flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`]))
  const unused = missing.length === 0 ? '' : `; ${missing.length} declared that no Pod runs`
  return `${counted(images.length, 'image')} in ${counted(pods, 'Pod')}: ${words.length === 0 ? (notLookedAt.length === 0 ? 'all as declared' : 'as declared, as far as could be looked') : words.join(', ')}${unused}.`
}

/** What runs of a set beside what was declared: `!` is what is not as declared, with each place; `-` is declared and no Pod runs it. */
export const describeRunningImages = (all: SetImages, paint: Paint): string =>
  [
    ...all.bundles.map(({ version, sequence }) =>
      visible(`${all.set}: bundle ${version} (sequence ${sequence})`),
    ),
    ...all.images.filter(({ faults }) => faults.length > 0).flatMap((one) => imageLines(one, all, paint)),
    ...(all.missing.length === 0 ? [] : [paint.bold('Declared, and no Pod runs it')]),
    ...all.missing.map(({ rewritten }) => paint.dim(`  - ${safe(rewritten)}`)),
    endOf(all),
    '',
  ].join('\n')
