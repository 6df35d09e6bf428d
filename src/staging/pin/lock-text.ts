import { parseDocument } from 'yaml'
import type { Lock } from '../../core/records.ts'

/**
 * The text of a lock file with these images in place of those that it had; comments and all else stay. An entry that has not changed is left as it is
 * written. The text is one that was read as a lock before.
 */
export const withLockedImages = (text: string, images: Lock['images']): string => {
  const document = parseDocument(text)
  const before = (document.toJS() as { images?: Lock['images'] | null }).images ?? {}
  if (Object.keys(images).length === 0) {
    document.delete('images')
    return document.toString({ lineWidth: 0 })
  }
  if (Object.keys(before).length === 0) document.set('images', document.createNode({}))
  for (const name of Object.keys(before)) if (images[name] === undefined) document.deleteIn(['images', name])
  const names = Object.keys(images).sort()
  for (const name of names) {
    const { index, amd64, arm64 } = images[name]!
    const wanted = { ...(index && { index }), ...(amd64 && { amd64 }), ...(arm64 && { arm64 }) }
    const had = Object.hasOwn(before, name) ? before[name] : undefined
    const isSame = had && had.index === index && had.amd64 === amd64 && had.arm64 === arm64
    if (!isSame) document.setIn(['images', name], document.createNode(wanted))
  }
  const list = document.get('images', true) as { items: { key: unknown }[]; flow?: boolean }
  const nameOf = (key: unknown): string => String((key as { value?: unknown }).value ?? key)
  list.items.sort((a, b) => (nameOf(a.key) < nameOf(b.key) ? -1 : 1))
  list.flow = false
  return document.toString({ lineWidth: 0 })
}
