import { resultOf } from './audit.ts'
import { planCountsOf } from './plan-counts.ts'
import { wordOf } from './run-report.ts'
import type { RunReport } from './run-report.ts'

/** A run that ended before there was a plan: nobody knows what it would have done. */
export interface RunWithoutPlan {
  /** '' where even the bundle could not be read. */
  set: string
  codes: string[]
  started: number
  ended: number
}

interface Sample {
  labels: { [name: string]: string }
  value: number
}

interface Metric {
  name: string
  help: string
  samples: Sample[]
}

/** A label's value between its quotes; Prometheus' text format escapes these three and nothing else. */
const quoted = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

const sampleLine = (name: string, { labels, value }: Sample): string => {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${quoted(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
}

const metricText = ({ name, help, samples }: Metric): string =>
  samples.length === 0
    ? ''
    : `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${samples.map((one) => sampleLine(name, one)).join('')}`

const lastSuccess = 'scout_apply_last_success_timestamp_seconds'

/** When a run last succeeded, as the metrics of an earlier run say. */
const lastSuccessIn = (text: string): number | undefined => {
  const value = new RegExp(`^${lastSuccess}\\{[^}]*\\} (\\d+(?:\\.\\d+)?)$`, 'm').exec(text)?.[1]
  return value === undefined ? undefined : Number(value)
}

const releaseStates = ['done', 'unchanged', 'removed', 'failed', 'stopped', 'not begun'] as const

const seconds = (milliseconds: number): number => milliseconds / 1000

/** What is known of a run only where there was a plan. */
const ofPlan = ({ plan, releases }: RunReport): Metric[] => {
  const labels = { set: plan.set }
  const { version, sequence, digest } = plan.bundle
  return [
    {
      name: 'scout_apply_bundle_info',
      help: 'The bundle of the last run; always 1.',
      samples: [{ labels: { ...labels, version, sequence: String(sequence), digest }, value: 1 }],
    },
    {
      name: 'scout_apply_last_run_planned',
      help: 'What the plan of the last run was to do, in objects and hooks.',
      samples: Object.entries(planCountsOf(plan)).map(([action, value]) => ({
        labels: { ...labels, action },
        value,
      })),
    },
    {
      name: 'scout_apply_last_run_releases',
      help: 'How far the releases came in the last run.',
      samples: releaseStates.map((state) => ({
        labels: { ...labels, state },
        value: releases.filter((one) => wordOf(one) === state).length,
      })),
    },
    {
      name: 'scout_apply_release_duration_seconds',
      help: 'How long each release took in the last run.',
      samples: releases.map(({ name, took }) => ({
        labels: { ...labels, release: name },
        value: seconds(took),
      })),
    },
  ]
}

/**
 * The metrics of a run in Prometheus' text format, for node_exporter's textfile collector (which takes no timestamps). `before` is what stood in
 * the file: when a run last succeeded outlives those that fail.
 */
export const metricsOf = (run: RunReport | RunWithoutPlan, before: string): string => {
  const hasPlan = 'plan' in run
  const set = hasPlan ? run.plan.set : run.set
  const codes = hasPlan ? run.problems.map(({ code }) => code) : run.codes
  const isDone = hasPlan && resultOf(run) !== 'failed'
  const success = isDone ? seconds(run.ended) : lastSuccessIn(before)
  const one = (name: string, help: string, value: number): Metric => ({
    name,
    help,
    samples: [{ labels: { set }, value }],
  })
  const metrics: Metric[] = [
    one(
      'scout_apply_last_run_timestamp_seconds',
      'When the last run ended, in Unix time.',
      seconds(run.ended),
    ),
    one(
      'scout_apply_last_run_duration_seconds',
      'How long the last run took.',
      seconds(run.ended - run.started),
    ),
    one(
      'scout_apply_last_run_success',
      'Whether the last run did all that it was to do (1) or not (0).',
      Number(isDone),
    ),
    ...(success === undefined
      ? []
      : [one(lastSuccess, 'When a run last did all that it was to do, in Unix time.', success)]),
    {
      name: 'scout_apply_last_run_problems',
      help: 'What went wrong in the last run, by code.',
      samples: Array.from(new Set(codes))
        .sort()
        .map((code) => ({ labels: { set, code }, value: codes.filter((other) => other === code).length })),
    },
    ...(hasPlan ? ofPlan(run) : []),
  ]
  return metrics.map(metricText).join('')
}
