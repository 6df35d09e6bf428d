import { exitCodeOf, good } from '../core/problem.ts'
import type { Outcome, Problem } from '../core/problem.ts'
import type { Tell } from '../core/stepper.ts'
import { printProblems } from '../report/problems.ts'
import { openRegistry } from '../system/registry.ts'
import { readCredentials } from '../system/registry-credentials.ts'
import type { Credentials } from '../system/registry-credentials.ts'
import { trustedCertificates } from '../system/registry-trust.ts'
import type { Run } from './run.ts'

export const registryOptions = {
  ca: {
    value: 'FILE',
    help: "certificates (PEM) to believe registries and Harbor by, beside the system's and SSL_CERT_FILE's",
  },
  credentials: {
    value: 'FILE',
    help: "who logs in, in the form of docker's config.json (default: REGISTRY_AUTH_FILE, DOCKER_CONFIG, ~/.docker/config.json)",
  },
} as const

/** The way to registries, and what it is made of. */
export interface RegistryAccess {
  registry: ReturnType<typeof openRegistry>
  ca: string[]
  credentials: Credentials
}

/** Opens the way to registries as the options and the environment say. Nothing is asked of any yet. */
export const openAccess = async (
  { ca: file, credentials: named }: { ca: string | undefined; credentials: string | undefined },
  tell: Tell,
): Promise<Outcome<RegistryAccess>> => {
  const environment = process.env
  const ca = await trustedCertificates(file, environment)
  if (!ca.ok) return ca
  const credentials = await readCredentials({
    ...environment,
    ...(named !== undefined && { REGISTRY_AUTH_FILE: named }),
  })
  if (!credentials.ok) return credentials
  const registry = openRegistry({
    ca: ca.value,
    credentials: credentials.value,
    environment,
    tell: (text) => tell({ tell: 'words', from: 'registry', text }),
  })
  return good({ registry, ca: ca.value, credentials: credentials.value }, credentials.warnings)
}

/** Ends a run that has answered: with what failed in words (a program reads it in the answer), and its exit code; else with this one. */
export const endOf = (
  { terminal: { err }, json, verbose }: Run,
  failed: Problem[],
  exitCode: number,
): number => {
  if (failed.length === 0) return exitCode
  if (!json) err.write(printProblems(failed, { colour: err.colour, verbose }))
  return exitCodeOf(failed)
}
