import type { OutputFolder } from '../../core/effects/files.ts'
import { good, problem, unless } from '../../core/problem.ts'
import type { Outcome } from '../../core/problem.ts'
import { mark } from './form.ts'

/** Refuses a folder that holds a file which is not of our making: all of its content is replaced. */
export const checkFolder = async (name: string, folder: OutputFolder): Promise<Outcome<void>> => {
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
