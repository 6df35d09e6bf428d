import test from 'ava'
import type { Question } from '../../../../src/core/explained.ts'
import { scanText } from '../../../../src/staging/render/scan/scan-text.ts'

/** A question in short: `3 policy/v1`, `1 ?` (built at run time), `2 lookup v1 Secret ? name`, `1 kube`. */
const short = (question: Question): string => {
  const known = (value: string | null): string => value ?? '?'
  switch (question.about) {
    case 'api-versions':
      return `${question.line} ${known(question.asks)}`
    case 'lookup': {
      const { apiVersion, kind, namespace, name } = question
      return `${question.line} lookup ${[apiVersion, kind, namespace, name].map(known).join(' ')}`
    }
    case 'kube-version':
      return `${question.line} kube`
  }
}

const asked = (text: string): string[] => scanText(text, 'a.yaml').questions.map(short)

const asksByName: [string, string[]][] = [
  ['{{ .Capabilities.APIVersions.Has "policy/v1" }}', ['1 policy/v1']],
  ['{{- if $.Capabilities.APIVersions.Has "v1/Pod" -}}', ['1 v1/Pod']],
  ['{{ .context.Capabilities.APIVersions.Has `a/v1` }}', ['1 a/v1']],
  ['\n\n{{ if and\n  (.Capabilities.APIVersions.Has "a/v1")\n  .Values.on }}', ['4 a/v1']],
  ['{{ if .x }}{{ else if .Capabilities.APIVersions.Has "a/v1" }}{{ end }}', ['1 a/v1']],
  ['{{ "a/v1" | .Capabilities.APIVersions.Has }}', ['1 a/v1']],
  ['{{ has "a/v1" .Capabilities.APIVersions }}', ['1 a/v1']],
  ['{{ .Capabilities.APIVersions | has "a/v1" }}', ['1 a/v1']],
  ['{{ .Capabilities.APIVersions.Has "\\"a\\\\" }}', ['1 "a\\']],
  ['{{ $c := .Capabilities }}{{ $c.APIVersions.Has "a/v1" }}{{ $c.KubeVersion }}', ['1 a/v1', '1 kube']],
]

for (const [text, questions] of asksByName)
  test(`a question for an API version that is written down is known by it: ${JSON.stringify(text)}`, (t) => {
    t.deepEqual(asked(text), questions)
  })

const dynamic = [
  '{{ .Capabilities.APIVersions.Has .Values.api }}',
  '{{ .Capabilities.APIVersions.Has (printf "%s/v1" .g) }}',
  '{{ .Capabilities.APIVersions.Has "a\\x2fv1" }}',
  '{{ .Values.api | .Capabilities.APIVersions.Has }}',
  '{{ .Capabilities.APIVersions.Has }}',
  '{{ has .Values.api .Capabilities.APIVersions }}',
  '{{ range .Capabilities.APIVersions }}{{ . }}{{ end }}',
  '{{ with .Capabilities }}{{ end }}',
  '{{ $x := .Capabilities.APIVersions }}',
  '{{ $c := .Capabilities | default .other }}',
  '{{ $c := .Capabilities }}{{ include "x" $c }}',
  '{{ include "x" (dict "c" .Capabilities) }}',
  '{{ (.Capabilities).APIVersions }}',
  '{{ (index . "Capabilities").APIVersions.Has "a/v1" }}',
  '{{ get $ "Capabilities" | toYaml }}',
  '{{ index $ .Values.field }}',
  '{{ toYaml $ | sha256sum }}',
  '{{ . | toJson }}',
  '{{ toYaml (omit . "Values") }}',
  '{{ $ }}',
  '{{ range $key, $value := . }}{{ end }}',
  '{{ if .x }}{{ toYaml . }}{{ end }}',
  '{{ with .x }}{{ else }}{{ toYaml . }}{{ end }}',
  '{{ tpl "{{ .Capabilities.APIVersions }}" . }}',
  '{{ tpl (printf "{{ .%s.Has }}" "Capabilities.APIVersions") . }}',
  '{{ .Capabilities.APIVersions.Has % }}',
  '{{ .Capabilities.APIVersions.Has "unended }}',
  '{{ `{{ .Capabilities.APIVersions.Has',
  '{{/* never closed .Capabilities.APIVersions',
  `{{ ${'('.repeat(1000)} .Capabilities.APIVersions`,
]

for (const text of dynamic)
  test(`what is asked without being written down is built at run time: ${text.slice(0, 80)}`, (t) => {
    const questions = asked(text)
    t.true(questions.length > 0)
    t.true(
      questions.every((one) => one.endsWith('?')),
      questions.join(', '),
    )
  })

const has = (api: string): string => `.Capabilities.APIVersions.Has "${api}"`

const branches: [string, [string | null, string[] | undefined][]][] = [
  [
    `{{ if ${has('a')} }}{{ else if ${has('b')} }}{{ else }}{{ if ${has('c')} }}{{ end }}{{ end }}{{ ${has('d')} }}`,
    [
      ['a', undefined],
      ['b', ['a']],
      ['c', ['a', 'b']],
      ['d', undefined],
    ],
  ],
  [
    `{{ $c := .Capabilities }}{{ if $c.APIVersions.Has "a" }}{{ ${has('b')} }}{{ else }}{{ $c }}{{ end }}`,
    [
      ['a', undefined],
      ['b', undefined],
      [null, ['a']],
    ],
  ],
  [
    `{{ if and (${has('a')}) .x }}{{ else if ${has('b')} }}{{ end }}`,
    [
      ['a', undefined],
      ['b', undefined],
    ],
  ],
  [
    `{{ if not (${has('a')}) }}{{ else if ${has('b')} }}{{ else if ${has('c')} | not }}{{ else }}{{ ${has('d')} }}{{ end }}`,
    [
      ['a', undefined],
      ['b', undefined],
      ['c', ['b']],
      ['d', ['b']],
    ],
  ],
  [
    `{{ if ${has('a')} }}{{ else }}{{ range .x }}{{ with ${has('b')} }}{{ else }}{{ ${has('c')} }}{{ end }}{{ end }}{{ end }}`,
    [
      ['a', undefined],
      ['b', ['a']],
      ['c', ['a']],
    ],
  ],
]

for (const [text, questions] of branches)
  test(`a question in an else is not asked where the if is decided by one that is served: ${text}`, (t) => {
    const found = scanText(text, 'a.yaml').questions
    t.deepEqual(
      found.map((one) => [one.about === 'api-versions' ? one.asks : one.about, one.unless]),
      questions,
    )
  })

test('in values, which are many texts, no else is believed', (t) => {
  const [, second] = scanText(
    `{{ if ${has('a')} }}{{ else if ${has('b')} }}{{ end }}`,
    'values.yaml',
    true,
  ).questions
  t.is(second?.unless, undefined)
})

const quiet = [
  '.Capabilities.APIVersions.Has "a/v1" lookup',
  '# a lookup of {{ .Values.x }}',
  '{{/* .Capabilities.APIVersions.Has "a/v1" and lookup */}}',
  '{{- /* lookup\n}} "a */ -}}',
  '{{ include "common.secrets.lookup" . }}',
  '{{ nslookup }}',
  '{{ .Values.lookup }}{{ $lookup }}',
  '{{ .Values.apiVersions }}',
  '{{ .Capabilities.HelmVersion.Version }}',
  '{{ toYaml .Values }}{{ with .Values.x }}{{ toYaml . }}{{ range . }}{{ . }}{{ end }}{{ end }}',
  '{{ define "x" }}{{ toYaml . }}{{ index . 0 }}{{ end }}',
  '{{ include "x" . | quote }}{{ include "x" (dict "context" $) }}',
  '{{ "}}" }} lookup {{ `}}` }}',
  '}} lookup',
]

for (const text of quiet)
  test(`what no template says is no question: ${JSON.stringify(text)}`, (t) => {
    t.deepEqual(asked(text), [])
  })

const lookups: [string, string[]][] = [
  ['{{ lookup "v1" "Secret" "ns" "name" }}', ['1 lookup v1 Secret ns name']],
  ['{{ (lookup "v1" "Secret" .Release.Namespace (include "x" .)).data }}', ['1 lookup v1 Secret ? ?']],
  ['{{ with lookup `v1` "Secret" "" "" }}{{ end }}', ['1 lookup v1 Secret  ']],
  ['{{ "name" | lookup "v1" "Secret" "ns" }}', ['1 lookup v1 Secret ns name']],
  ['{{ $x := lookup .a .b .c .d }}', ['1 lookup ? ? ? ?']],
  ['{{ and lookup 1 }}', ['1 lookup ? ? ? ?']],
  ['{{ tpl "\\n{{ lookup \\"v1\\" \\"Secret\\" \\"\\" \\"x\\" }}" . }}', ['2 lookup v1 Secret  x']],
  ['{{ tpl `a\n{{ lookup "v1" "Secret" "n" "x" }}` . }}', ['2 lookup v1 Secret n x']],
  ['{{ tpl (print "{{" " lookup " .x "}}") . }}', ['1 lookup ? ? ? ?']],
]

for (const [text, questions] of lookups)
  test(`a lookup is known by what is written down of it: ${text}`, (t) => {
    t.deepEqual(asked(text), questions)
  })

const dice: [string, string[]][] = [
  ['{{ randAlphaNum 5 | b64enc }}\n{{ genCA "x" 5 }}', ['1 randAlphaNum chance', '2 genCA chance']],
  ['{{ now | date "2006" }}', ['1 now clock', '1 date clock']],
  ['{{ keys .x | join "," }}', ['1 keys order']],
  ['{{ range (values .x) }}{{ end }}', ['1 values order']],
  ['{{ keys .x | sortAlpha | join "," }}{{ keys .x | uniq | sortAlpha }}{{ sortAlpha (keys .x) }}', []],
  ['{{ (keys .x) | sortAlpha }}{{ len (keys .x) }}{{ has "a" (keys .x) }}', []],
  ['{{ sortAlpha (first (keys .x)) }}', ['1 keys order']],
  ['{{ .Capabilities.APIVersions | join "," }}', ['1 APIVersions order']],
  [
    '{{ .Capabilities.APIVersions | sortAlpha }}{{ has "a" .Capabilities.APIVersions }}{{ .Capabilities.APIVersions.Has "a" }}',
    [],
  ],
  [
    '{{ .Values.now }}{{ "randAlphaNum 5" }}{{ derivePassword 1 "a" "b" "c" "d" }}{{ getHostByName "x" }}',
    [],
  ],
  ['{{ tpl "{{ uuidv4 }}" . }}{{ shuffle % }}', ['1 uuidv4 chance', '1 shuffle chance']],
]

for (const [text, found] of dice)
  test(`dice are functions whose results differ, and nothing else: ${JSON.stringify(text)}`, (t) => {
    const rolled = scanText(text, 'a.yaml').dice
    t.deepEqual(rolled.map((one) => `${one.line} ${one.function} ${one.by}`).sort(), found.toSorted())
  })

test('a text of megabytes without sense is read in passing', (t) => {
  const hostile = [
    '{{/* }}',
    '{{ ` }}',
    '{{ "',
    '{{{{',
    '{{ . | . | . ',
    '{{ (',
    '{{ $x := ',
    '}}{{',
    '{{ a ',
  ]
  for (const piece of hostile) {
    const scan = scanText(piece.repeat(200_000), 'a.yaml')
    t.deepEqual(scan.dice, [])
  }
})
