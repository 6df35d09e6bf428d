import { command } from '../command-line/command.ts'
import { rolesOfBundle } from '../control-plane/pipeline.ts'
import type { Subject } from '../control-plane/access/roles.ts'
import { bad, exitCodes, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { writeYaml } from '../core/yaml/write.ts'
import { bundleOptions, readBundle } from './apply-bundle.ts'
import { openRun } from './run.ts'

/** `NAMESPACE/NAME` of a service account, or the name of a user. */
const subjectOf = (user: string | undefined, account: string): Outcome<Subject> => {
  if (user !== undefined) return good({ kind: 'User', name: user })
  const [namespace = '', name = '', ...more] = account.split('/')
  return name === '' || more.length > 0
    ? bad([
        problem({
          code: 'usage/wrong',
          fault: 'usage',
          what: `--service-account ${account} is no service account.`,
          fix: 'Write it as NAMESPACE/NAME.',
        }),
      ])
    : good({ kind: 'ServiceAccount', namespace, name })
}

export default command({
  summary:
    'Prints, as YAML, the smallest Namespaces, Roles and ClusterRoles with which this bundle can be applied. Nothing is written.',
  arguments: [{ name: 'BUNDLE', help: 'the .tgz file' }],
  options: {
    ...bundleOptions,
    user: { value: 'NAME', help: 'the user to allow it, in place of a service account' },
    'service-account': {
      value: 'NAMESPACE/NAME',
      help: 'the service account to allow it (default: scout-system/scout-apply)',
    },
  },
  examples: [
    [
      'scout-apply rbac bundle.tgz | kubectl apply -f -',
      'allow scout-system/scout-apply to apply the bundle',
    ],
    ['scout-apply rbac bundle.tgz --user night-shift', 'the same for a user'],
  ],
  run: async ({ arguments: [file = ''], options }) => {
    const run = openRun(options)
    const subject = await run.step('read options', async () =>
      subjectOf(options.user, options['service-account'] ?? 'scout-system/scout-apply'),
    )
    const bundle = await readBundle(run, file, options)
    return await run.withCluster(async (cluster) => {
      const roles = await rolesOfBundle(bundle, subject, { cluster, tell: run.tell })
      run.answer(roles, roles.map((one) => `---\n${writeYaml(one)}`).join(''))
      return exitCodes.done
    })
  },
})
