import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { build } from 'esbuild'
import type { Plugin } from 'esbuild'
import { shapeOptions } from '../src/core/bundle/compile-shape.ts'

const root = join(import.meta.dirname, '..')

/** The programs, each with the schemas of what it reads that others wrote. */
const shapes = { scout: ['bundle', 'snapshot', 'trust'], 'scout-apply': ['bundle', 'trust'] }

/** The code that ajv would make of the schemas at each start, made now: nothing is compiled on the control plane. */
const shapesAhead = (read: string[]): Plugin => ({
  name: 'shapes ahead',
  setup: (building) =>
    building.onLoad({ filter: /[/\\]compile-shape\.ts$/ }, async () => {
      const ajv = new Ajv2020({ ...shapeOptions, code: { source: true, esm: true } })
      const standalone = createRequire(import.meta.url)('ajv/dist/standalone').default
      for (const name of read)
        ajv.addSchema(JSON.parse(await readFile(join(root, `schemas/${name}.schema.json`), 'utf8')), name)
      const code = standalone(ajv, Object.fromEntries(read.map((name) => [name, name])))
      const byId = read.map((name) => `'${name}.schema.json': ${name}`).join()
      return {
        contents: `${code}\nexport const compileShape = ({ $id }) => ({ ${byId} })[$id]`,
        resolveDir: root,
      }
    }),
})

/** What client-node's kubeconfig needs for API clients of its own, which we make none of: two megabytes, read at each start. */
const notCarried: Plugin = {
  name: 'not carried',
  setup: (building) => {
    const fromConfig = /client-node[/\\\\]dist[/\\\\]config\.js$/
    building.onResolve({ filter: /^(?:undici|\.\/gen\/index\.js)$/ }, ({ importer, path }) =>
      fromConfig.test(importer) ? { path, namespace: 'not-carried' } : undefined,
    )
    building.onLoad({ filter: /./, namespace: 'not-carried' }, () => ({
      contents:
        'export class Agent {}; export class ProxyAgent {}; export class ServerConfiguration {}; export const createConfiguration = () => { throw new Error("not carried") }',
    }))
  },
}

/**
 * Writes a program with all that it imports as one script for Node 24. The same sources give the same bytes. What is imported when it is needed
 * is still run only then.
 */
export const writeOneScript = async (program: keyof typeof shapes, outfile: string): Promise<void> => {
  await build({
    absWorkingDir: root,
    entryPoints: [`src/${program}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // Names stay: the stack of a bug has to be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    define: {
      'import.meta.main': 'true',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': '__filename',
    },
    plugins: [shapesAhead(shapes[program]), notCarried],
    logLevel: 'error',
  })
}
