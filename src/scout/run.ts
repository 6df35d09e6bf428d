import { commonOptions } from '../command-line/command.ts'
import type { Values } from '../command-line/command.ts'
import type { Terminal } from '../core/effects/terminal.ts'
import { stepper } from '../core/stepper.ts'
import type { Step } from '../core/stepper.ts'
import { tellProgress } from '../report/progress/progress.ts'
import { jsonText } from '../report/json-text.ts'
import type { StagingSystem } from '../staging/pipeline.ts'
import { openFiles } from '../system/files.ts'
import { openGit } from '../system/git.ts'
import { openHelm } from '../system/helm.ts'
import { loadTarget } from '../system/schemas.ts'
import { openStandIn } from '../system/stand-in.ts'
import { openTerminal } from '../system/terminal.ts'

export const siteOptions = {
  ...commonOptions,
  site: { value: 'FOLDER', help: 'the folder that holds releases/ and rendered/ (default: this one)' },
} as const

export const environmentOption = { env: { value: 'ENV', many: true, help: 'only this environment' } } as const

/** What every command on the staging node has at hand: the site's files, git, helm, and a voice. */
export interface Run {
  terminal: Terminal
  step: Step
  json: boolean
  verbose: boolean
  system: StagingSystem & { files: ReturnType<typeof openFiles> }
  /** Prints the command's answer: JSON where it was asked for, else the text. */
  answer(json: unknown, text: string): void
}

type RunOptions = Omit<Values<typeof siteOptions>, 'output' | 'help'> & { output: string | undefined }

/** Opens the world for one command. Writing reaches `rendered/` of the site alone. */
export const openRun = (options: RunOptions): Run => {
  const root = options.site ?? '.'
  const json = options.output === 'json'
  const terminal = openTerminal()
  const tell = tellProgress(terminal, { output: json ? 'json' : 'text', verbose: options.verbose })
  return {
    terminal,
    json,
    verbose: options.verbose,
    step: stepper(tell),
    system: {
      files: openFiles(root, ['rendered']),
      git: openGit(root),
      openHelm: (version) => openHelm(root, version),
      openStandIn,
      loadTarget,
      tell,
    },
    answer: (value, text) => terminal.out.write(json ? jsonText(value, 2) : text),
  }
}
