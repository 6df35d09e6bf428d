import type { OutputFolder } from '../../core/effects/files.ts'
import { bad, good, problem, unless } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { mark } from './form.ts'

/** Refuses what is no folder of its own, and a folder that holds a file which is not of our making: all of its content is replaced. */
export const checkFolder = async (name: string, folder: OutputFolder): Promise<Outcome<void>> => {
  const kind = await folder.kind()
  if (kind === 'link' || kind === 'other')
    return bad([
      problem({
        code: 'mirrors/no-folder',
        fault: 'usage',
        what: `${name} is ${kind === 'link' ? 'a link' : 'no folder'}.`,
        where: [{ in: 'file', file: name }],
        why: kind === 'link' ? 'Nothing is written through a link.' : 'The whole folder is replaced.',
        fix: 'Name an empty folder, or one that is not there yet.',
      }),
    ])
  for (const path of await folder.list()) {
    const content = await folder.read(path)
    const begins = new TextDecoder().decode(content?.subarray(0, mark.length))
    if (begins === mark) continue
    return unless(
      [
        problem({
          code: 'mirrors/not-ours',
          fault: 'usage',
          what: `${name} holds ${path}, which scout mirrors has not made.`,
          where: [{ in: 'file', file: `${name}/${path}` }],
          why: 'The whole folder is replaced, so that no registry stays which the site has no more.',
          fix: 'Name an empty folder, or one that is not there yet.',
        }),
      ],
      () => undefined,
    )
  }
  return good(undefined)
}
