import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RobotFiles } from '../core/effects/robot-files.ts'
import { printJson } from '../core/json.ts'
import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { isMissing } from './missing.ts'
import { readCredentials } from './registry-credentials.ts'

const unfit = (file: string, what: string, fix: string): Outcome<never> =>
  bad([problem({ code: 'usage/robot-file', fault: 'usage', what, where: [{ in: 'file', file }], fix })])

const writeNew = async (file: string, text: string): Promise<void> => {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const sizeOf = async (file: string): Promise<Outcome<number>> => {
  try {
    const found = await stat(file)
    // /dev/null has no size, and would be replaced.
    if (!found.isFile())
      return unfit(file, `${file} is no file.`, 'Name another one, or one that is not there yet.')
    return good(found.size)
  } catch (error) {
    if (isMissing(error)) return good(0)
    throw error
  }
}

/** Files of mode 600 as docker, podman, crane and a Secret of the type `kubernetes.io/dockerconfigjson` have them. What the system refuses is thrown. */
export const robotFiles: RobotFiles = {
  userOf: async (file, host) => {
    const size = await sizeOf(file)
    if (!size.ok) return size
    if (size.value === 0) return good(null)
    const credentials = await readCredentials({ REGISTRY_AUTH_FILE: file })
    if (!credentials.ok) return credentials
    const login = credentials.value.loginFor(host, '')?.basic
    return login === undefined
      ? unfit(
          file,
          `${file} is there and holds no login for ${host}.`,
          'Name another file; this one is left as it is.',
        )
      : good(login.user)
  },
  reserve: async (file) => {
    try {
      await writeNew(file, '')
    } catch (error) {
      if (isMissing(error))
        return unfit(
          file,
          `There is no folder ${dirname(file)} for the login of a robot.`,
          'Make it, or name another file.',
        )
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    return good(undefined)
  },
  write: async (file, host, { user, password }) => {
    const auth = Buffer.from(`${user}:${password}`).toString('base64')
    // One name, so that what a killed run has left goes with the next.
    const beside = `${file}.scout-part`
    await rm(beside, { force: true })
    await writeNew(beside, `${printJson({ auths: { [host]: { auth } } }, 2)}\n`)
    await rename(beside, file)
    return good(undefined)
  },
}
