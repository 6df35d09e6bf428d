/**
 * Starts the built scout, which lies beside: `scout.cjs` runs `scout.code.cjs`. Once a run has used most of the program, what V8 has compiled for it is kept
 * (`scout.code.SHA256`), and the next one begins with it. (NODE_COMPILE_CACHE keeps what is compiled at once when a file is loaded, which is a third of it.)
 */
import { hash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire, wrap } from 'node:module'
import { dirname } from 'node:path'
import { constants, Script } from 'node:vm'
import { setFlagsFromString } from 'node:v8'
import { linearTime } from '../src/staging/validate/pattern.ts'
import { compileLate } from '../src/system/compiler.ts'
import { isUnusable } from '../src/system/unusable.ts'

// V8 takes back only what was compiled with the same flags: those that modules set are set first.
compileLate()
setFlagsFromString(linearTime)

/** Microseconds of CPU that only a run takes that rendered something. */
const wholeRun = 250_000

const filename = import.meta.filename.replace(/\.cjs$/, '.code.cjs')
// The line that a shell would read is a comment within a function.
const source = readFileSync(filename, 'utf8').replace(/^#!/, '//')
// By its content: V8 itself compares no more than the length.
const compiled = filename.replace(/cjs$/, hash('sha256', source).slice(0, 16))
const cachedData = existsSync(compiled) ? readFileSync(compiled) : undefined

const script = new Script(wrap(source), {
  filename,
  ...(cachedData && { cachedData }),
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
})
if (cachedData === undefined || script.cachedDataRejected)
  process.on('exit', () => {
    if (process.cpuUsage().user < wholeRun) return
    const part = `${compiled}.${process.pid}`
    try {
      writeFileSync(part, script.createCachedData())
      renameSync(part, compiled)
    } catch (error) {
      // The next run has to compile again.
      if (!isUnusable(error)) throw error
    }
  })

const main = { exports: {} }
script.runInThisContext()(main.exports, createRequire(filename), main, filename, dirname(filename))
