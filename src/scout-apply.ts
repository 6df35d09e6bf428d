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
    capabilities: {
      summary: 'print what the cluster serves, for rendering elsewhere',
      load: async () => (await import('./scout-apply/capabilities.ts')).default,
    },
    'site-values': {
      summary: 'list, supply, rotate, back up and restore what is made and kept on the control plane',
      load: async () => (await import('./scout-apply/site-values.ts')).default,
    },
  },
}

if (import.meta.main) runToEnd(() => runProgram(scoutApply, process.argv.slice(2), voice))
