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
    audit: {
      summary: 'list who applied what, and verify that the records hold',
      load: async () => (await import('./scout-apply/audit.ts')).default,
    },
    history: {
      summary: 'show the runs of a set, and which bundle each release is from',
      load: async () => (await import('./scout-apply/history.ts')).default,
    },
    rollback: {
      summary: 'go back to an earlier revision, with one release or all',
      load: async () => (await import('./scout-apply/rollback.ts')).default,
    },
    drift: {
      summary: 'show what is not as it was applied, and put it back',
      load: async () => (await import('./scout-apply/drift.ts')).default,
    },
    images: {
      summary: 'compare the images that run with those that were declared',
      load: async () => (await import('./scout-apply/images.ts')).default,
    },
    repair: {
      summary: 'rebuild a lost or broken inventory',
      load: async () => (await import('./scout-apply/repair.ts')).default,
    },
    remove: {
      summary: 'remove releases, with their hooks, or everything of a set',
      load: async () => (await import('./scout-apply/remove.ts')).default,
    },
    capabilities: {
      summary: 'print what the cluster serves, for rendering elsewhere',
      load: async () => (await import('./scout-apply/capabilities.ts')).default,
    },
    resume: {
      summary: 'take up a run that was cut short or failed',
      load: async () => (await import('./scout-apply/resume.ts')).default,
    },
    unlock: {
      summary: 'show who holds the lock of a set, and free it where that run is dead',
      load: async () => (await import('./scout-apply/unlock.ts')).default,
    },
    rbac: {
      summary: 'print the smallest roles with which a bundle can be applied',
      load: async () => (await import('./scout-apply/rbac.ts')).default,
    },
    adopt: {
      summary: 'take over releases that Helm installed, without a restart',
      load: async () => (await import('./scout-apply/adopt.ts')).default,
    },
    'site-values': {
      summary: 'list, supply, rotate, back up and restore what is made and kept on the control plane',
      load: async () => (await import('./scout-apply/site-values.ts')).default,
    },
  },
}

if (import.meta.main) runToEnd(() => runProgram(scoutApply, process.argv.slice(2), voice))
