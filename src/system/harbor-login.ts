import { bad, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { readCredentials } from './registry-credentials.ts'

/**
 * Who logs in at Harbor: from the file that is named, else from where logins of registries are. Nothing but a name and a password will do for Harbor's
 * API. What is wrong is told without a word of what a file holds.
 */
export const harborLogin = async (
  host: string,
  file: string | undefined,
  environment: { [name: string]: string | undefined },
): Promise<Outcome<{ user: string; password: string }>> => {
  const credentials = await readCredentials(file === undefined ? environment : { REGISTRY_AUTH_FILE: file })
  if (!credentials.ok) return credentials
  const login = credentials.value.loginFor(host, '')?.basic
  if (login !== undefined) return good(login, credentials.warnings)
  const found = credentials.value.file
  return bad([
    problem({
      code: 'harbor/no-login',
      fault: 'usage',
      what:
        found === undefined
          ? `There is no file with a login for Harbor at ${host}.`
          : `${found} holds no name and password for Harbor at ${host}.`,
      where: found === undefined ? [] : [{ in: 'file', file: found }],
      fix: `Log in with an administrator's account (\`docker login ${host}\`, \`crane auth login ${host}\`), or name a file of that form with --credentials or SCOUT_HARBOR_CREDENTIALS.`,
    }),
  ])
}
