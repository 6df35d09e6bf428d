import test from 'ava'
import { readObjects } from '../../src/core/manifest.ts'
import { keyOf, idOf } from '../../src/core/object.ts'

const keysOf = (text: string): string[] => {
  const read = readObjects(text, 'x.yaml')
  return read.ok
    ? read.value.map(({ object, origin }) => `${keyOf(idOf(object))} ${origin.template}:${origin.line}`)
    : read.problems.map(({ code, where: [place] }) => `${code} ${place?.in === 'file' ? place.line : ''}`)
}

const named = (kind: string, name: string): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}}\n`
const listed = (kind: string, name: string): string =>
  `- {apiVersion: v1, kind: ${kind}, metadata: {name: ${name}}}\n`

test('objects come in the order of the documents, each with its template and line; empty documents are left out', (t) => {
  const text = `---\n# Source: c/templates/a.yaml\n${named('Secret', 'a')}---\n# Source: c/templates/b.yaml\n# nothing\n---\n# Source: c/templates/c.yaml\n${named('Secret', 'c')}---\nnull\n`
  t.deepEqual(keysOf(text), ['/Secret//a c/templates/a.yaml:3', '/Secret//c c/templates/c.yaml:11'])
})

test('an object of a plain file has the file for its template', (t) => {
  t.deepEqual(keysOf(named('Secret', 'a')), ['/Secret//a x.yaml:1'])
})

const lists: [title: string, text: string, keys: string[]][] = [
  [
    'a List is unfolded',
    `apiVersion: v1\nkind: List\nitems:\n${listed('Secret', 'a')}${listed('Pod', 'b')}`,
    ['/Secret//a x.yaml:1', '/Pod//b x.yaml:1'],
  ],
  ['an empty List is nothing', 'apiVersion: v1\nkind: List\nitems: []\n', []],
  [
    'a List in a List is unfolded',
    'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Secret, metadata: {name: a}}\n',
    ['/Secret//a x.yaml:1'],
  ],
  [
    'items of a typed list are of its kind',
    'apiVersion: apps/v1\nkind: DeploymentList\nmetadata: {}\nitems:\n- metadata: {name: a}\n',
    ['apps/Deployment//a x.yaml:1'],
  ],
  [
    'a custom resource may end in List, for it has a name',
    `apiVersion: x.example/v1\nkind: AllowList\nmetadata: {name: a}\nitems:\n- 1\n`,
    ['x.example/AllowList//a x.yaml:1'],
  ],
  [
    'an item that is no object is refused',
    'apiVersion: v1\nkind: List\nitems: [1]\n',
    ['render/not-an-object 1'],
  ],
]

for (const [title, text, keys] of lists) test(title, (t) => t.deepEqual(keysOf(text), keys))

const refusals: [text: string, code: string][] = [
  ['- a\n', 'render/not-an-object'],
  ['just text\n', 'render/not-an-object'],
  ['kind: Secret\nmetadata: {name: a}\n', 'render/no-kind'],
  ['apiVersion: v1\nmetadata: {name: a}\n', 'render/no-kind'],
  ['apiVersion: 1\nkind: Secret\nmetadata: {name: a}\n', 'render/no-kind'],
  ['apiVersion: v1\nkind: ""\nmetadata: {name: a}\n', 'render/no-kind'],
  ['apiVersion: v1\nkind: Secret\n', 'render/no-name'],
  ['apiVersion: v1\nkind: Secret\nmetadata: {}\n', 'render/no-name'],
  ['apiVersion: v1\nkind: Secret\nmetadata: {name: 12}\n', 'render/no-name'],
  ['apiVersion: v1\nkind: Secret\nmetadata: {generateName: a-}\n', 'render/no-name'],
  ['apiVersion: v1\nkind: Secret\nmetadata: {name: a, labels: {b: 1}}\n', 'render/bad-metadata'],
  ['apiVersion: v1\nkind: Secret\nmetadata: {name: a, annotations: [b]}\n', 'render/bad-metadata'],
  ['apiVersion: v1\nkind: Secret\nmetadata: {name: a, annotations: {b: yes}}\n', 'render/bad-metadata'],
  ['apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: 1}\n', 'render/bad-metadata'],
  ['apiVersion: v1\nkind: Secret\nmetadata: {name: a/b}\n', 'render/bad-identity'],
  ['apiVersion: v1\nkind: Secret\nmetadata: {name: ..}\n', 'render/bad-identity'],
  ['apiVersion: v1\nkind: Secret\nmetadata: {name: a%2f}\n', 'render/bad-identity'],
  ['apiVersion: v1\nkind: Secret\nmetadata: {name: "a\\nb"}\n', 'render/bad-identity'],
  ['apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: ../b}\n', 'render/bad-identity'],
  ['apiVersion: a/b/c\nkind: Secret\nmetadata: {name: a}\n', 'render/bad-identity'],
  ['apiVersion: v1\nkind: Se/cret\nmetadata: {name: a}\n', 'render/bad-identity'],
]

for (const [text, code] of refusals)
  test(`${JSON.stringify(text)} is refused as ${code}`, (t) => t.deepEqual(keysOf(text), [`${code} 1`]))

test('a name with the signs that some kinds allow is a name', (t) => {
  t.deepEqual(
    keysOf('apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: "system:a.b-c"}\n'),
    ['rbac.authorization.k8s.io/ClusterRole//system:a.b-c x.yaml:1'],
  )
})

test('every problem of every document is told at once, with template and line', (t) => {
  const read = readObjects(
    '---\n# Source: c/templates/a.yaml\nkind: Secret\n---\n# Source: c/templates/b.yaml\napiVersion: v1\nkind: Pod\nmetadata: {labels: 1}\n',
    "helm's output of shop",
  )
  t.deepEqual(!read.ok && read.problems.map(({ what }) => what), [
    "c/templates/a.yaml (helm's output of shop), line 3: a Secret has no apiVersion.",
    "c/templates/b.yaml (helm's output of shop), line 6: a Pod has no name.",
    "c/templates/b.yaml (helm's output of shop), line 6: the labels of a Pod are not a map of strings.",
  ])
})

test('labels and annotations that are null are absent, and a null in them is the empty string, as on the server', (t) => {
  const read = readObjects(
    'apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: null, annotations: null, labels: {b: null}}\n',
    'x',
  )
  t.deepEqual(read.ok && read.value[0]?.object.metadata, { name: 'a', labels: { b: '' } })
})

test('text that is no YAML is refused in the words of the reader', (t) => {
  t.deepEqual(keysOf('a: b: c\n'), ['yaml/syntax 1'])
})

test('a key that stands twice is warned of and does not stop anything', (t) => {
  const read = readObjects(`${named('Secret', 'a')}data: {}\ndata: {}\n`, 'x')
  t.deepEqual(read.ok && read.warnings.map(({ code }) => code), ['yaml/duplicate-key'])
})
