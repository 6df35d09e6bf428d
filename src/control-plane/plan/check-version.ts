import { problem } from '../../core/problem.ts'
import type { Problem } from '../../core/problem.ts'

/** `v1.36.3+k3s1`, `1.36` → [1, 36]; undefined where it is no version. */
const minorOf = (version: string): [number, number] | undefined => {
  const found = /^v?(\d+)\.(\d+)/.exec(version)
  return found ? [Number(found[1]), Number(found[2])] : undefined
}

/**
 * Compares the Kubernetes that a bundle was made for with the server's. The same minor version says nothing; the one before or after is a
 * warning, because what the server drops or adds between them is in no schema that the bundle was judged by; a greater distance is refused
 * without consent.
 */
export const checkVersion = (made: string, server: string, allowed: boolean): Problem[] => {
  const [wanted, found] = [minorOf(made), minorOf(server)]
  if (wanted === undefined || found === undefined || String(wanted) === String(found)) return []
  const near = wanted[0] === found[0] && Math.abs(wanted[1] - found[1]) === 1
  return [
    problem({
      code: 'plan/other-kubernetes',
      severity: near || allowed ? 'warning' : 'error',
      what: `The bundle was made for Kubernetes ${made}, and this server is ${server}.`,
      why: 'Objects were rendered and validated by the schemas and defaults of another version.',
      fix:
        near || allowed
          ? `Set target.kubernetes to ${found.join('.')} in releases/site.yaml, and build a new bundle, when you can.`
          : `Set target.kubernetes to ${found.join('.')} in releases/site.yaml, and build a new bundle; or, where the plan shows nothing wrong, run it again with --allow-version-skew.`,
    }),
  ]
}
