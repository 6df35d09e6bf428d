import { resolve } from 'node:path'
import { command } from '../command-line/command.ts'
import { bad, exitCodes, good, problem } from '../core/problem.ts'
import type { Outcome } from '../core/problem.ts'
import { describeHarborPlan } from '../report/harbor.ts'
import { jsonText } from '../report/json-text.ts'
import { paintIn } from '../report/paint.ts'
import { harborOf } from '../staging/declare/harbor.ts'
import { applyHarbor } from '../staging/harbor/apply.ts'
import { observeHarbor } from '../staging/harbor/observe.ts'
import type { RobotFile, Told } from '../staging/harbor/part.ts'
import { planHarbor } from '../staging/harbor/plan.ts'
import { openHarbor } from '../system/harbor.ts'
import { harborLogin } from '../system/harbor-login.ts'
import { robotFiles } from '../system/harbor-robot-file.ts'
import { trustedCertificates } from '../system/registry-trust.ts'
import { siteOptions } from './options.ts'
import { openRun } from './run.ts'

const variable = 'SCOUT_HARBOR_CREDENTIALS'

const usage = (what: string, fix: string) =>
  bad([problem({ code: 'usage/wrong', fault: 'usage', what, fix })])

/** By robot: its file, and who logs in by it now. */
const filesOf = async (named: string[], host: string): Promise<Outcome<Told['files']>> => {
  const files = new Map<string, RobotFile>()
  for (const one of named) {
    const [, robot = '', file = ''] = /^([^=]+)=(.+)$/s.exec(one) ?? []
    if (robot === '') return usage(`--robot cannot be "${one}".`, 'Write --robot NAME=FILE.')
    if (files.has(robot)) return usage(`--robot names ${robot} twice.`, 'A robot has one file.')
    const [other] = [...files].find(([, known]) => resolve(known.file) === resolve(file)) ?? []
    if (other !== undefined)
      return usage(
        `The file ${file} is named for ${other} and for ${robot}.`,
        'Name a file for each: it holds one login.',
      )
    const user = await robotFiles.userOf(file, host)
    if (!user.ok) return user
    files.set(robot, { file, user: user.value })
  }
  return good(files)
}

export default command({
  summary:
    'Makes Harbor match the site file: endpoints, proxy projects, projects to push to, retention, quotas, robots. Changes only what it made or is told to adopt, and deletes nothing.',
  arguments: [
    {
      name: 'VERB',
      help: 'plan shows what would be done; apply shows it and does it',
      choices: ['plan', 'apply'],
    },
  ],
  options: {
    ...siteOptions,
    credentials: {
      value: 'FILE',
      help: `who logs in, in the form of docker's config.json (default: the file that ${variable} names, else where docker and podman keep logins)`,
    },
    ca: { value: 'FILE', help: "certificates in PEM to believe beside the system's" },
    adopt: {
      value: 'NAME',
      many: true,
      help: 'keep this project, registry or robot from now on, which somebody else made',
    },
    robot: {
      value: 'NAME=FILE',
      many: true,
      help: 'write the login of this robot into this file (mode 600), where it has none; one that Harbor has already gets a new secret',
    },
    'exit-code': { help: 'plan: end with 3 where there is something to do' },
  },
  examples: [
    ['scout harbor plan', `with ${variable} naming a file that holds the administrator's login`],
    [
      'scout harbor plan --credentials admin.login --ca ca.pem --exit-code',
      'for CI: 3 where Harbor has drifted',
    ],
    [
      'scout harbor apply --robot nodes=nodes.json',
      "makes what is missing; the robot's login goes into nodes.json",
    ],
    ['scout harbor apply --adopt quay-proxy', 'a project that was made by hand is kept by scout from now on'],
  ],
  run: async ({ arguments: [verb], options }) => {
    const { step, terminal, json, answer, system } = openRun(options)
    const wanted = await step('read the site', () => harborOf(system))
    const login = await step('read the login', () =>
      harborLogin(wanted.host, options.credentials ?? process.env[variable], process.env),
    )
    const trusted = await step('read the certificates', () => trustedCertificates(options.ca, process.env))
    const files = await step('look at the files of robots', () => filesOf(options.robot, wanted.host))
    const harbor = openHarbor({
      host: wanted.host,
      login,
      trusted,
      environment: process.env,
    })
    try {
      const observed = await step('look at Harbor', () => observeHarbor(wanted, { harbor }))
      const plan = await step('plan', async () =>
        planHarbor(wanted, observed, { adopt: options.adopt, files }),
      )
      const text = describeHarborPlan(plan, paintIn(terminal.out.colour))
      if (verb === 'plan') {
        answer(plan, text)
        return options['exit-code'] && plan.steps.length > 0 ? exitCodes.changes : exitCodes.done
      }
      // Before anything is done, and to read along where the answer is for a program.
      ;(json ? terminal.err : terminal.out).write(text)
      const { done } = await step('set Harbor up', () =>
        applyHarbor(plan, wanted.host, { harbor, robotFiles, tell: system.tell }),
      )
      if (json) terminal.out.write(jsonText({ ...plan, done: done.length }, 2))
      else if (done.length > 0) terminal.out.write('Done.\n')
      return exitCodes.done
    } finally {
      harbor.close()
    }
  },
})
