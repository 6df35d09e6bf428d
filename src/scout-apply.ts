#!/usr/bin/env node
import { runProgram } from './command-line/program.ts'
import type { Program } from './command-line/program.ts'
import packageFile from '../package.json' with { type: 'json' }
import { runToEnd } from './system/process.ts'
import { voice } from './voice.ts'

/** The control plane's program: one signed file becomes what runs. */
export const scoutApply: Program = {
  name: 'scout-apply',
  version: packageFile.version,
  what: 'scout-apply applies a signed bundle to the cluster.',
  commands: {
    '': {
      summary: 'apply a signed bundle',
      load: async () => (await import('./scout-apply/command.ts')).default,
    },
  },
}

if (import.meta.main) runToEnd(() => runProgram(scoutApply, process.argv.slice(2), voice))
