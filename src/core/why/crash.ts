import type { JsonObject } from '../json.ts'
import type { KubeObject } from '../object.ts'
import { mapAt, numberAt, textAt } from '../readiness/rule.ts'
import { containersOf, containerWords, isThere, waitingOf } from './evidence.ts'
import type { Container, Found, WhyRule } from './evidence.ts'

/** Signals by number that containers end of, beyond 128 in their exit codes. */
const signals: { [number: number]: string } = { 6: 'SIGABRT', 9: 'SIGKILL', 11: 'SIGSEGV', 15: 'SIGTERM' }

const meaningOf = (code: number): string => {
  if (code === 126) return ' (its command cannot be executed)'
  if (code === 127) return ' (its command was not found)'
  const signal = signals[code - 128]
  return signal === undefined ? '' : ` (${signal})`
}

const limitOf = (pod: KubeObject, name: string): string => {
  const spec = mapAt(pod, 'spec')
  const all = [spec['containers'], spec['initContainers']].flatMap((list) =>
    Array.isArray(list) ? (list as JsonObject[]) : [],
  )
  const container = all.find((one) => one['name'] === name)
  const limit = container ? mapAt(container, 'resources', 'limits')['memory'] : undefined
  return typeof limit === 'string' || typeof limit === 'number' ? ` (its limit is ${limit})` : ''
}

const endOf = (pod: KubeObject, { name }: Container, ended: JsonObject): string => {
  const reason = textAt(ended, 'reason')
  const code = numberAt(ended, 'exitCode', 0)
  if (reason === 'OOMKilled') return `it used more memory than it may and was killed${limitOf(pod, name)}`
  if (reason === 'ContainerCannotRun' || reason === 'StartError')
    return `it could not be started (exit code ${code})`
  if (code === 0) return 'it ended by itself with exit code 0, and must not end'
  return `it ended with exit code ${code}${meaningOf(code)}`
}

const restarts = ({ status }: Container): string => {
  const count = numberAt(status, 'restartCount', 0)
  return count === 0 ? '' : `, ${count} ${count === 1 ? 'restart' : 'restarts'}`
}

const crashOf = (pod: KubeObject, container: Container): Found | undefined => {
  const { status } = container
  const now = mapAt(status, 'state', 'terminated')
  const before = mapAt(status, 'lastState', 'terminated')
  const inBackOff = waitingOf(container).reason === 'CrashLoopBackOff'
  const hasFailed = isThere(now) && numberAt(now, 'exitCode', 0) !== 0
  // One that runs just now, and has ended badly the time before, will most likely end so again.
  const isBetween =
    isThere(mapAt(status, 'state', 'running')) &&
    status['ready'] === false &&
    isThere(before) &&
    (numberAt(before, 'exitCode', 0) !== 0 || textAt(before, 'reason') === 'OOMKilled')
  if (!inBackOff && !hasFailed && !isBetween) return undefined
  const ended = hasFailed ? now : before
  const lastWords = textAt(ended, 'message')
  const words = isThere(ended) ? endOf(pod, container, ended) : 'it ends again and again'
  return {
    words: `${containerWords(container)} crashes: ${words}${restarts(container)}`,
    log: { container: container.name, previous: !hasFailed },
    ...(lastWords !== '' && { lastWords }),
  }
}

/**
 * A container that ends and must not, with its exit code, what that means, and how often. Its log is told apart: it may hold secrets, and so
 * may the message that it leaves (`terminationMessagePolicy`).
 */
export const crash: WhyRule = {
  name: 'crash',
  looksAt: 'pod',
  find: (pod) => {
    for (const container of containersOf(pod)) {
      const found = crashOf(pod, container)
      if (found) return found
    }
    return undefined
  },
}
