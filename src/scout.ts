#!/usr/bin/env node
import { runProgram } from './command-line/program.ts'
import type { Program } from './command-line/program.ts'
import packageFile from '../package.json' with { type: 'json' }
import { runToEnd } from './system/process.ts'
import { voice } from './voice.ts'

/** The program of the staging node: what is declared becomes one signed file. */
export const scout: Program = {
  name: 'scout',
  version: packageFile.version,
  what: 'scout renders Helm releases ahead of time, and makes them one signed bundle for a cluster without internet.',
  commands: {
    render: {
      summary: 'render all releases into rendered/',
      load: async () => (await import('./scout/render.ts')).default,
    },
    validate: {
      summary: "judge every object as the target's API server would",
      load: async () => (await import('./scout/validate.ts')).default,
    },
    diff: {
      summary: 'show what changed in rendered/ since a git ref',
      load: async () => (await import('./scout/diff.ts')).default,
    },
    bundle: {
      summary: 'make one signed file of an environment',
      load: async () => (await import('./scout/bundle.ts')).default,
    },
    verify: {
      summary: 'check a bundle as the control plane will',
      load: async () => (await import('./scout/verify.ts')).default,
    },
    ship: {
      summary: 'bring a bundle to a folder or an SFTP server',
      load: async () => (await import('./scout/ship.ts')).default,
    },
    images: {
      summary: 'tell which images the site uses, lock and cache them',
      load: async () => (await import('./scout/images.ts')).default,
    },
    mirrors: {
      summary: "print the nodes' configuration that leads to Harbor",
      load: async () => (await import('./scout/mirrors.ts')).default,
    },
    harbor: {
      summary: 'make Harbor match the site file',
      load: async () => (await import('./scout/harbor.ts')).default,
    },
    keys: {
      summary: 'make signing keys and trust files',
      load: async () => (await import('./scout/keys.ts')).default,
    },
  },
}

if (import.meta.main) runToEnd(() => runProgram(scout, process.argv.slice(2), voice))
