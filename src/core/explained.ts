import type { Lookup } from './stand-in/answer.ts'

/** Where in a chart a template asks: the file, relative to the chart's folder, and the line, from 1. */
interface Asked {
  file: string
  line: number
  /** It stands where only `tpl` can run it: in values, in a file that is no template, in a string. */
  viaTpl: boolean
}

interface Unless extends Asked {
  /** It is not asked where one of these API versions is served: it stands in an `else` of an `if` for that. */
  unless?: string[]
}

/** A question about the cluster that a template can ask. What is built at run time, and so not known before, is null. */
export type Question =
  | (Unless & { about: 'api-versions'; asks: string | null })
  | (Unless & {
      about: 'lookup'
      apiVersion: string | null
      kind: string | null
      namespace: string | null
      name: string | null
    })
  | (Unless & { about: 'kube-version' })

/** A function whose result differs from render to render: by chance, by the clock, or by the order of a map. */
export interface Dice extends Asked {
  function: string
  by: 'chance' | 'clock' | 'order'
}

/** A question with what the target answers: null where that is not known before the render. */
export type Answered = Question & {
  answer: boolean | null
  /** The API version because of which it is not asked at all. */
  because?: string
  /** Where the answer is no: what the target serves that comes nearest. */
  served?: string[]
}

/** What `scout render --explain` tells of one release. */
export interface Explained {
  release: string
  /** Name and version of the chart; the release's own name where it has none. */
  chart: string
  /** What `.Capabilities.KubeVersion` answers. */
  kubernetes: string
  /** How it is rendered: with nothing to ask, told by a list, by asking a stand-in for the API server, or without helm. */
  way: 'plain' | 'list' | 'server' | 'manifests'
  /** Something in the chart cannot be read before the render, and may ask for anything. */
  opaque: boolean
  questions: Answered[]
  /** The lookups that were made, each once. */
  lookups: Lookup[]
  dice: Dice[]
}
