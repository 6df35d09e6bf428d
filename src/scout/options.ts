import { commonOptions } from '../command-line/command.ts'

export const siteOptions = {
  ...commonOptions,
  site: { value: 'FOLDER', help: 'the folder that holds releases/ and rendered/ (default: this one)' },
} as const

export const environmentOption = { env: { value: 'ENV', many: true, help: 'only this environment' } } as const
