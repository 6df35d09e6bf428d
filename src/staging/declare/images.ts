import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'
import { everywhere } from './overlay.ts'
import type { DeclaredRelease } from './release.ts'

/** What cannot be meant in the `images` sections of a release, its own and its environments': an image that is none. */
export const checkImages = ({ name, declared, content }: DeclaredRelease): Problem[] =>
  everywhere(content, 'images').flatMap(({ value: { extra = [], ignore = [] }, path }) =>
    ignore.flatMap(({ image }, index) =>
      extra.includes(image)
        ? [
            problem({
              code: 'declare/image-and-none',
              what: `Release ${name}: \`images\` says that ${image} is an image, and that it is to be ignored.`,
              where: [declared.at([...path, 'ignore', index, 'image'])],
              fix: 'Remove it from extra or from ignore.',
            }),
          ]
        : [],
    ),
  )
