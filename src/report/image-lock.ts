import type { LockedImage } from '../core/records.ts'
import { counted } from './count.ts'
import { visible } from './visible.ts'

interface Locked {
  added: string[]
  changed: { name: string; before: LockedImage; after: LockedImage }[]
  dropped: string[]
  kept: number
  unresolved: string[]
}

interface Checked {
  moved: { name: string; locked: string; now: string }[]
  unlocked: string[]
  unused: string[]
  same: number
  untold: string[]
}

/** What a tag names: the index where there is one. */
const digestOf = ({ index, amd64, arm64 }: LockedImage): string => index ?? amd64 ?? arm64 ?? ''

const lines = (names: string[], mark: string, words: string): string =>
  names.map((name) => `${mark} ${visible(name)}${words}\n`).join('')

/** What was locked, in words: a line for each image that is new, changed or no longer there, and how many there are. */
export const describeLockedImages = (
  { added, changed, dropped, kept, unresolved }: Locked,
  { file, pins }: { file: string; pins: boolean },
): string =>
  [
    lines(added, '+', ''),
    ...changed.map(({ name, before, after }) => {
      const isMoved = digestOf(before) !== digestOf(after)
      return `~ ${visible(name)}\n${isMoved ? `    was ${digestOf(before)}\n    now ${digestOf(after)}\n` : '    for another architecture, too\n'}`
    }),
    lines(dropped, '-', ', which nothing uses any more'),
    `${file}: ${counted(added.length, 'image')} added, ${changed.length} changed, ${dropped.length} dropped, ${kept} as they were${
      unresolved.length > 0 ? `, ${unresolved.length} not resolved` : ''
    }\n`,
    pins ? '' : 'releases/site.yaml does not say images.pin: true, so manifests go on naming tags alone\n',
  ].join('')

/** How a lock stands to what tags name now, in words. */
export const describeCheckedLock = ({ moved, unlocked, unused, same, untold }: Checked): string =>
  [
    ...moved.map(
      ({ name, locked, now }) => `! ${visible(name)} has moved\n    locked ${locked}\n    now    ${now}\n`,
    ),
    lines(unlocked, '+', ' is not locked'),
    lines(unused, '-', ' is locked, and nothing uses it'),
    `${counted(same, 'tag')} as locked, ${moved.length} moved, ${unlocked.length} not locked, ${unused.length} not used${
      untold.length > 0 ? `, ${untold.length} not told` : ''
    }\n`,
    moved.length > 0
      ? 'a moved tag is taken up with `scout images lock --update IMAGE`; until then the locked image is used\n'
      : '',
  ].join('')
