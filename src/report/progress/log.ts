import type { Told } from '../../core/stepper.ts'
import { visible } from '../visible.ts'

/** The last lines of a container's log, each marked as what it is; a line break at the end. */
export const printLog = ({ of, lines }: Extract<Told, { tell: 'log' }>): string =>
  [
    `last lines of the log of ${visible(of)}:`,
    ...lines.map((line) => `  | ${visible(line.replaceAll('\t', '  '))}`),
    '',
  ].join('\n')
