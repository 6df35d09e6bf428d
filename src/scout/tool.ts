import packageFile from '../../package.json' with { type: 'json' }

/** The program and its version, as bundles name them. */
export const tool = `scout ${packageFile.version}`
