import type { Values } from '../command-line/command.ts'
import type { Terminal } from '../core/effects/terminal.ts'
import type { Problem } from '../core/problem.ts'
import { stepper } from '../core/stepper.ts'
import type { Step, Tell } from '../core/stepper.ts'
import { tellProgress } from '../report/progress/progress.ts'
import { jsonText } from '../report/json-text.ts'
import type { StagingSystem } from '../staging/pipeline.ts'
import { compileLate } from '../system/compiler.ts'
import { openFiles } from '../system/files.ts'
import { openGitLater } from '../system/git-later.ts'
import { openHelm } from '../system/helm.ts'
import { openMemory } from '../system/memory.ts'
import { loadTarget } from '../system/schemas.ts'
import { openTerminal } from '../system/terminal.ts'
import type { Inputs } from '../system/stamp.ts'
import { isUntouched } from '../system/tree-digest.ts'
import type { siteOptions } from './options.ts'

/** What every command on the staging node has at hand: the site's files, git, helm, and a voice. */
export interface Run {
  terminal: Terminal
  step: Step
  json: boolean
  verbose: boolean
  system: StagingSystem & { files: ReturnType<typeof openFiles> }
  /** What was warned of so far. */
  warnings: Problem[]
  /** Prints the command's answer: JSON where it was asked for, else the text. */
  answer(json: unknown, text: string): void
}

type RunOptions = Omit<Values<typeof siteOptions>, 'output' | 'help'> & { output: string | undefined }

/** Opens the world for one command. Writing reaches `rendered/` of the site alone. `inputs`: what is declared, where that was looked at already. */
export const openRun = (options: RunOptions, inputs?: Inputs): Run => {
  compileLate()
  const root = options.site ?? '.'
  const json = options.output === 'json'
  const terminal = openTerminal()
  const show = tellProgress(terminal, { output: json ? 'json' : 'text', verbose: options.verbose })
  const warnings: Problem[] = []
  const warned = new Set<string>()
  const tell: Tell = (told) => {
    if (told.tell === 'warning') {
      // Each environment warns of what is the same in all.
      const words = JSON.stringify(told.problem)
      if (warned.has(words)) return
      warned.add(words)
      warnings.push(told.problem)
    }
    show(told)
  }
  return {
    terminal,
    json,
    verbose: options.verbose,
    step: stepper(tell),
    warnings,
    system: {
      files: openFiles(root, ['rendered'], inputs?.look()),
      git: openGitLater(root),
      openHelm: (version) => openHelm(root, version),
      // Most sites never ask, and what it takes to listen is slow to load.
      openStandIn: async () => (await import('../system/stand-in.ts')).openStandIn(),
      memory: openMemory(
        root,
        inputs?.stillHold ?? (() => isUntouched(root, ['releases'], performance.timeOrigin)),
      ),
      loadTarget,
      tell,
    },
    answer: (value, text) => terminal.out.write(json ? jsonText(value, 2) : text),
  }
}
