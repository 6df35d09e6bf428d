import { goodSite } from './site.ts'
import type { Files } from './site.ts'

/** Broken sites by what is wrong with them; each table is one golden file. */
type Table = { [fault: string]: Files }

const site = 'releases/site.yaml'
const web = 'releases/web/release.yaml'
const values = 'releases/web/values.yaml'

const siteWith = (from: string | RegExp, to: string): Files => ({
  [site]: (goodSite[site] as string).replace(from, to),
})
/** The release web without the other environment's overlay, and with these lines. */
const webWith = (lines: string): Files => ({ [web]: `namespace: shop\nchart: { path: chart }\n${lines}\n` })
const webChart = (chart: string): Files => ({ [web]: `namespace: shop\nchart: ${chart}\n` })

const anchors = Array.from(
  { length: 5 },
  (_, level) =>
    `a${level}: &a${level} [${level === 0 ? '1' : `*a${level - 1}`}${`, ${level === 0 ? '1' : `*a${level - 1}`}`.repeat(9)}]`,
).join('\n')

const syntax: Table = {
  'an empty file': { [web]: '' },
  'a file of comments alone': { [web]: '# later\n' },
  'a file that says null': { [web]: '~\n' },
  'a file that is a list': { [web]: '- namespace: shop\n- chart: {}\n' },
  'a file that is one text': { [web]: 'namespace shop\n' },
  'a binary file': { [web]: new Uint8Array([0x1f, 0x8b, 0x08, 0x00, 0x41]) },
  'a file with a NUL in UTF-8': { [web]: 'namespace: "a\0b"\n' },
  'a file in UTF-16': { [web]: new Uint8Array([0xff, 0xfe, 0x61, 0x00]) },
  'a control character': { [web]: 'namespace: shop\nchart: { path: "\u0007" }\n' },
  'a file beyond one MiB': { [web]: `# ${'x'.repeat(10 * 1024 * 1024)}\n` },
  'two documents': { [web]: 'namespace: shop\nchart: { path: chart }\n---\nnamespace: other\n' },
  'a quote that is never closed': webWith('timeout: "15m\nenabled: true'),
  'a tab as indentation': { [web]: 'namespace: shop\nchart:\n\tpath: chart\n' },
  'a second colon in a value': webWith('timeout: 15m: really'),
  'a line indented too far': webWith('timeout: 15m\n  enabled: true'),
  'a key without its colon': webWith('timeout 15m\nenabled: true'),
  'a list in one line that is never closed': webWith('dependsOn: [database\nenabled: true'),
  'a value that begins with a sign of YAML': webWith('timeout: @15m'),
  'an unknown escape': webWith('timeout: "\\q"'),
  'a key that stands twice, and a fault beside it': webWith('timeout: 15m\nenabled: 3\ntimeout: 20m'),
  'a key that stands twice, once in quotes': {
    [web]: 'namespace: shop\nchart: { path: chart }\nvalues: { 1: a, "1": b }\n',
  },
  'a template in place of a value': webWith('timeout: {{ .timeout }}'),
  'a number that JSON does not have': webWith('values: { limit: .inf }'),
  'a value that is not what its tag says': webWith('values: { limit: !!int much }'),
  'an alias of nothing': webWith('values: { first: &common { a: 1 }, second: *comon }'),
  'an anchor that contains itself': webWith('values: &all { all: *all }'),
  'aliases that stand for a hundred thousand values': webWith(
    `values:\n  ${anchors.replaceAll('\n', '\n  ')}`,
  ),
  'a merge key of a text': webWith('values: { <<: text }'),
  'lists within lists, 20,000 deep': webWith(`values: { deep: ${'['.repeat(20_000)} }`),
  'lists in blocks, 5,000 deep': webWith(`values:\n  deep:\n    ${'- '.repeat(5_000)}x`),
  'Windows line ends and a byte order mark before a fault': {
    [web]: '\uFEFFnamespace: shop\r\nchart: { path: chart }\r\ntimout: 3m\r\n',
  },
}

const structure: Table = {
  'an unknown key': webWith('valueFiles: [values.yaml]'),
  'an unknown key that is like no other': webWith('hooks: {}'),
  'keys named after what every object inherits': webWith('__proto__: { enabled: false }\nconstructor: 1'),
  'an unknown key in an overlay': webWith('environments: { staging: { chart: { path: other } } }'),
  'a missing key': { [web]: 'chart: { path: chart }\n' },
  'both chart and manifests': webWith('manifests: [manifests]'),
  'neither chart nor manifests': { [web]: 'namespace: shop\n' },
  'values without a chart': {
    [web]:
      'namespace: shop\nmanifests: [manifests]\nvaluesFiles: [values.yaml]\nenvironments: { staging: { values: { a: 1 } } }\n',
    'releases/web/manifests/a.yaml': '',
  },
  'a chart that is a text': webChart('chart'),
  'a chart that is a list': webChart('[chart]'),
  'a chart that is empty': webChart('{}'),
  'a chart of two sources': webChart('{ path: chart, oci: "oci://registry.example/web", version: 1.2.3 }'),
  'a chart of a repository that lacks its version': webChart(
    '{ repository: https://charts.example, name: web }',
  ),
  'a chart with a short word for its repository': webChart(
    '{ repo: https://charts.example, name: web, version: 1.2.3 }',
  ),
  'a range of versions': webChart('{ oci: "oci://registry.example/web", version: ^1.2 }'),
  'a version that is a number': webChart('{ oci: "oci://registry.example/web", version: 1.2 }'),
  'a chart with its tag, and one with a password': {
    ...webChart('{ oci: "oci://registry.example/web:1.2.3", version: 1.2.3 }'),
    'releases/database/release.yaml':
      'namespace: shop\nchart: { repository: "https://me:word@charts.example", name: db, version: 1.2.3 }\n',
  },
  'a namespace that is none': { [web]: 'namespace: Shop_1\nchart: { path: chart }\n' },
  'a namespace that is a number': { [web]: 'namespace: 2024\nchart: { path: chart }\n' },
  'wrong types': webWith(
    'timeout: 15\nenabled: "yes"\ndependsOn: database\nvalues:\nenvironments: { staging: }',
  ),
  'a misspelt choice': webWith('renderedAs: Upgarde'),
  'a choice that is like no other': webWith('renderedAs: template'),
  'durations that are none': webWith(
    'timeout: 15 minutes\nenvironments: { staging: { timeout: 0s }, production: { timeout: 3d } }',
  ),
  'a list that says a name twice': webWith('dependsOn: [database, database]'),
  'a list that must not be empty': { [web]: 'namespace: shop\nmanifests: []\n' },
  'supplied secrets': webWith(
    'supplied:\n  - { secret: DB_password, keys: [] }\n  - { name: token, keys: ["a b"] }\n  - { secret: token }',
  ),
  'an unknown environment in an overlay': webWith(
    'environments: { prodution: { enabled: false }, test: {} }',
  ),
}

const policies: Table = {
  'what is never made anew': webWith(
    'apply: { recreate: [PersistentVolumeClaim, StatefulSet.apps, PersistentVolume] }\nenvironments: { production: { apply: { recreate: [Namespace, CustomResourceDefinition.apiextensions.k8s.io] } } }',
  ),
  'fields that make an object what it is': webWith(
    'apply:\n  ignore:\n    - { kind: Deployment.apps, fields: [/spec/replicas, /metadata/name, /kind, /apiVersion] }\n    - { kind: "*", fields: [/metadata, /metadata/labels, /*, /metadata/labels/applyset.kubernetes.io~1part-of, /metadata/annotations] }',
  ),
  'pointers that are none': webWith(
    'apply:\n  ignore: [{ kind: Deployment.apps, fields: [spec.replicas, "", /a~2b] }]\n  ready: [{ kind: Widget.example.com, ready: [{ path: status.phase, equals: Running }] }]',
  ),
  'kinds that are none': webWith(
    'apply: { ignore: [{ kind: apps/v1/Deployment, fields: [/spec/replicas] }], recreate: ["*"], ready: [{ kind: Widget/example, ready: [{ path: /a, exists: true }] }] }',
  ),
  'tests that are none': webWith(
    `apply:
  ready:
    - kind: Widget.example.com
      ready:
        - { condition: Ready, is: True }
        - { condition: Ready, is: Yes }
        - { condition: Ready }
        - { path: /status/phase }
        - { path: /status/phase, equals: { a: 1 } }
        - { path: /status/phase, equal: Running }
        - { path: /status/phase, exists: "yes" }
        - {}
        - Ready
    - { kind: Other.example.com, ready: [] }
    - { kind: Third.example.com }`,
  ),
  'two rules for one kind': webWith(
    'apply:\n  ready:\n    - { kind: Widget.example.com, ready: [{ condition: Ready, is: "True" }] }\n    - { kind: Widget.example.com, name: web, ready: [{ condition: Ready, is: "True" }] }\n    - { kind: Widget.example.com, ready: [{ condition: Done, is: "True" }] }',
  ),
  'other keys and choices': webWith(
    'apply: { prune: eraly, ignored: [], recreate: StatefulSet.apps }\nenvironments: { staging: { apply: [] } }',
  ),
}

const sites: Table = {
  'no site file': { [site]: undefined },
  'no lock file': { 'releases/lock.yaml': undefined },
  'nothing at all': Object.fromEntries(Object.keys(goodSite).map((path) => [path, undefined])),
  'missing keys': { [site]: 'name: sample\n' },
  'a version of Kubernetes without quotes': siteWith('"1.36"', '1.30'),
  'a patch version of Kubernetes, and an unknown architecture': siteWith(
    '"1.36", architecture: amd64',
    'v1.36.3, architecture: x86_64',
  ),
  'a registry with a scheme': siteWith('harbor.staging.example:8443', 'https://harbor.staging.example/'),
  'a registry whose name would be taken for a folder of Docker Hub': siteWith(
    'harbor.staging.example:8443',
    'harbor',
  ),
  'an unknown mode': siteWith('  projects', '  mode: mirrors\n  projects'),
  'a registry and a project that are none': siteWith(
    'docker.io: dockerhub-proxy',
    '"https://docker.io": Docker Hub',
  ),
  'no environment': siteWith(/environments:[^]*namespaces/, 'environments: {}\nnamespaces'),
  'names of environments and clusters': siteWith(
    'staging: { cluster: sample-staging }',
    'Staging: { cluster: a cluster }\n  test: {}',
  ),
  'labels that are none': siteWith(
    / {2}shop:.*/,
    '  Shop: {}\n  shop: { label: {} }\n  more: { labels: { a b: c, on-call: true, x: -y } }',
  ),
  'a namespace that is misspelt': siteWith('  shop:', '  shpo:'),
  'a lock with a wrong version and digest': {
    'releases/lock.yaml': 'helm: v4.1\ncharts: { web: sha256:12 }\n',
  },
  'locked images without a tag, with a digest in the name, without a digest, and for another architecture': {
    'releases/lock.yaml': `helm: 4.1.4\nimages:\n  docker.io/library/web: { amd64: sha256:${'a'.repeat(64)} }\n  docker.io/library/web:1@sha256:12: { amd64: sha256:12 }\n  docker.io/library/web:2: {}\n  docker.io/library/web:3: { riscv64: sha256:${'a'.repeat(64)} }\n`,
  },
  'other architectures that are none, and pinning by a word': siteWith(
    'amd64 }\nimages:',
    'amd64, otherArchitectures: [arm64, riscv64, arm64] }\nimages:\n  pin: always',
  ),
  'a folder without a release file': { 'releases/cache/values.yaml': '' },
  'a release file with another ending': { 'releases/cache/release.yml': '' },
  'a folder that can be no release': {
    'releases/Cache_1/release.yaml': 'namespace: shop\nmanifests: [a.yaml]\n',
    'releases/Cache_1/a.yaml': '',
    [`releases/${'a'.repeat(54)}/release.yaml`]: 'namespace: shop\nmanifests: [a.yaml]\n',
    [`releases/${'a'.repeat(54)}/a.yaml`]: '',
  },
  'a release file beside the folders': { 'releases/web.yaml': '' },
}

const files: Table = {
  'paths that leave the site': webWith('valuesFiles: [/etc/passwd, ../../../values.yaml, ../../..]'),
  'a chart that leaves the site': webChart('{ path: ../../../chart }'),
  'paths that are none': webWith('valuesFiles: ["a\\0b", "a\\\\b", ""]'),
  'values files that are missing': webWith(
    'valuesFiles: [value.yaml]\nenvironments: { production: { valuesFiles: [other/production.yaml] } }',
  ),
  'a values file that is a folder': webWith('valuesFiles: [chart]'),
  'a chart that is missing': webChart('{ path: charts }'),
  'a chart that is a file': webChart('{ path: values.yaml }'),
  'a chart without Chart.yaml': { ...webChart('{ path: ../../other }'), 'other/values.yaml': '' },
  'manifests that are missing, and some that hold the release file': {
    [web]: 'namespace: shop\nmanifests: [manifest, ., ../..]\n',
    'releases/web/manifests/a.yaml': '',
  },
  'a values file that is no YAML': { [values]: 'replicas: 1\nimage: {\n  tag: "1\n' },
  'a values file that is a list': { [values]: '\n# first\n- replicas: 1\n' },
  'a values file whose second document is a text': { [values]: 'replicas: 1\n---\nreplicas\n' },
  'a values file with a key twice': { [values]: 'replicas: 1\nreplicas: 2\n' },
  'a binary values file': { [values]: new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0x00]) },
}

const release = (dependsOn: string, more = ''): string =>
  `namespace: shop\nmanifests: [a.yaml]\ndependsOn: ${dependsOn}\n${more}`
const plain = (name: string, dependsOn: string, more = ''): Files => ({
  [`releases/${name}/release.yaml`]: release(dependsOn, more),
  [`releases/${name}/a.yaml`]: '',
})

const dependencies: Table = {
  'a release that is misspelt, and one that is not there': webWith(
    'dependsOn: [databse]\nenvironments: { production: { dependsOn: [cache] } }',
  ),
  'a release that depends on itself': webWith('dependsOn: [web]'),
  'a circle of three, and one of two': {
    ...plain('a', '[b]'),
    ...plain('b', '[database, c]'),
    ...plain('c', '[a]'),
    ...plain('d', '[e, a]'),
    ...plain('e', '[d]'),
  },
  'a circle in this environment alone': {
    ...plain('a', '[b]'),
    ...plain('b', '[]', 'environments: { staging: { dependsOn: [a] } }\n'),
  },
  'a release that is disabled here': {
    'releases/database/release.yaml':
      'namespace: shop\nchart: { path: chart }\nenvironments: { staging: { enabled: false } }\n',
  },
  'a release whose own file is broken': { 'releases/database/release.yaml': 'namespace: [\n' },
  'a release whose own file is missing': { 'releases/database/release.yaml': undefined },
}

/** The release web with these site values, one a line, and this values file. */
const withValues = (text: string, values = 'replicas: 1\n'): Files => ({
  ...webWith(`valuesFiles: [values.yaml]\nsiteValues:\n${text.replaceAll(/^(?=.)/gm, '  ')}`),
  'releases/web/values.yaml': values,
})

const siteValues: Table = {
  'a site value without a recipe, and one with two': withValues(
    'a: { at: [{ secret: web, key: a }] }\nb: { password: {}, supplied: true }',
  ),
  'a misspelt recipe, and one that is nothing': withValues('a: { pasword: {} }\nb: { password: }\nc:'),
  'names that are none': withValues(`Admin_1: { password: {} }\n${'a'.repeat(53)}: { password: {} }`),
  'passwords that cannot be made': withValues(
    'a: { password: { length: 0, alphabet: letter } }\nb: { password: { length: 513 } }\nc: { password: { length: 8.5, base64: "no", lenght: 3 } }',
  ),
  'keys and certificates that cannot be made': withValues(
    'a: { key: { bits: 1024 } }\nb: { certificate: { days: 0, dnsNames: [Web, "*.web", "a..b"], ipAddresses: [256.0.0.1, "::1", "1:2"] } }\nc: { certificate: { commonName: "", issuer: a/b/c } }',
  ),
  'an htpasswd of nobody, and a Secret that is none': withValues(
    'a: { htpasswd: { user: "a:b" } }\nb: { secret: { name: DB } }\nc: { supplied: false }\nd: { sealed: true }',
  ),
  'places that are none': withValues(
    'a: { password: {}, at: [{ secret: web }, { kind: Deployment, pointer: metadata }, { name: web, secret: web, key: a }, { part: cert, kind: apps/Deployment, name: web, pointer: /a }] }',
  ),
  'places twice, in one value and in another': withValues(
    'a: { password: {}, at: [{ secret: web, key: a }, { secret: web, key: b, after: "x" }] }\nb: { password: {}, at: [{ secret: web, key: a, namespace: shop, before: "y" }, { secret: web, key: b, after: "x" }, { secret: web, key: b, after: "z" }] }',
  ),
  'a place of another release': {
    ...withValues('a: { password: {}, at: [{ secret: web, key: a }] }'),
    'releases/database/release.yaml':
      'namespace: shop\nchart: { path: chart }\nsiteValues: { b: { password: {}, at: [{ secret: web, key: a }] } }\n',
  },
  'places in the data of a Secret, and parts that are not made': withValues(
    'a: { password: {}, at: [{ kind: Secret, name: web, pointer: /data/a }, { secret: web, key: b, part: key }] }\nb: { key: {}, at: [{ secret: web, key: c, part: certificate }] }',
  ),
  'issuers that are none': withValues(
    [
      'ca: { certificate: { commonName: ca, authority: true }, at: [{ secret: ca, key: a }] }',
      'leaf: { certificate: { commonName: leaf, issuer: caa }, at: [{ secret: leaf, key: a }] }',
      'other: { certificate: { commonName: other, issuer: leaf }, at: [{ secret: other, key: a }] }',
      'more: { certificate: { commonName: more, issuer: word }, at: [{ secret: more, key: a }] }',
      'far: { certificate: { commonName: far, issuer: databse/ca }, at: [{ secret: far, key: a }] }',
      'word: { password: {}, at: [{ secret: word, key: a }] }',
      'hash: { htpasswd: { of: ca }, at: [{ secret: hash, key: a }] }',
      'long: { password: { length: 55, base64: true } }',
      'hashed: { htpasswd: { of: long }, at: [{ secret: hash, key: b }] }',
    ].join('\n'),
  ),
  'certificates that sign each other in a circle': withValues(
    [
      'a: { certificate: { commonName: a, authority: true, issuer: b } }',
      'b: { certificate: { commonName: b, authority: true, issuer: web/a } }',
      'c: { certificate: { commonName: c, authority: true, issuer: c } }',
    ].join('\n'),
  ),
  'tokens that name nothing': {
    ...withValues(
      'admin-password: { password: {} }\nca: { certificate: { commonName: ca } }',
      [
        'a: $(site:admin-pasword)',
        'b: $(site:admin-password) $(site:admin-password.key) $(site:ca.cert)',
        'c: "$(site:databse/x), $(site:database/x), $(site:db)"',
        '# d: $(site:gone)',
        '',
      ].join('\n'),
    ),
    'releases/database/release.yaml':
      'namespace: shop\nchart: { path: chart }\nsiteValues: { db: { supplied: true } }\nvalues: { x: ["$(site:web/ca.key)", "$(site:no)"], "$(site:yes)": 1 }\n',
  },
  'tokens that are none': withValues(
    'a: { password: {} }',
    'a: $(site:a\nb: "$(site: a)"\nc: $(site:)\nd: $(site:A)\ne: $(site:a/b/c)\nf: $(site:a.b.c)\n',
  ),
  'tokens in manifests': {
    [web]: 'namespace: shop\nmanifests: [manifests]\nsiteValues: { a: { password: {} } }\n',
    'releases/web/manifests/a.yaml': 'kind: Secret\nstringData:\n  a: $(site:a)\n  b: $(site:b)\n',
    'releases/web/manifests/notes.txt': '$(site:c)\n',
  },
  'a value of another environment, and one of a release that is disabled': {
    ...webWith(
      'values: { a: $(site:a), b: $(site:database/b) }\nenvironments: { production: { siteValues: { a: { password: {} } } } }',
    ),
    'releases/database/release.yaml':
      'namespace: shop\nchart: { path: chart }\nsiteValues: { b: { password: {} } }\nenvironments: { staging: { enabled: false } }\n',
  },
  'a value that nobody uses': withValues(
    'a: { password: {} }\nb: { password: {} }\nc: { secret: { name: db, key: a } }',
    'x: $(site:b)\n# $(site:a)\n',
  ),
  'an unknown policy of lookup': webWith('lookup: last'),
}

const encrypted = (type: string): string =>
  `ENC[AES256_GCM,data:c2VjcmV0,iv:${'A'.repeat(43)}=,tag:${'A'.repeat(22)}==,type:${type}]`

const sopsMap = `sops:
  age: [{ recipient: age1x, enc: x }]
  lastmodified: "2026-01-01T00:00:00Z"
  mac: ${encrypted('str')}
  encrypted_regex: ^(password|port)$
  version: 3.13.3
`

/** A values file that sops has sealed, or that looks so. */
const sealedWith = (lines: string, sops = sopsMap): Files => ({
  ...webWith('valuesFiles: [values.yaml]'),
  [values]: `${lines}\n${sops}`,
})

const sealed: Table = {
  'what is encrypted and no text': sealedWith(
    `db:\n  password: ${encrypted('str')}\n  port: ${encrypted('int')}`,
  ),
  'what ought to be encrypted and is not': sealedWith('db:\n  password: hunter2\n  port: 5432'),
  'what is encrypted against its rule': sealedWith(`user: ${encrypted('str')}`),
  'what was cut off': sealedWith(`password: ${encrypted('str').slice(0, -30)}]`),
  'a type that sops does not know': sealedWith(`password: ${encrypted('list')}`),
  'a key twice': sealedWith(`password: ${encrypted('str')}\npassword: ${encrypted('str')}`),
  'no MAC': sealedWith(`password: ${encrypted('str')}`, sopsMap.replace(/ {2}mac:.*\n/, '')),
  'a rule that never ends': sealedWith(
    `password: ${encrypted('str')}\n${'a'.repeat(40)}: x`,
    sopsMap.replace('^(password|port)$', '^(a|a)*b$'),
  ),
  'no recipients': sealedWith(
    `password: ${encrypted('str')}`,
    sopsMap.replace('[{ recipient: age1x, enc: x }]', '[]'),
  ),
  'encrypted values whose metadata was lost': sealedWith(`password: ${encrypted('str')}`, ''),
  'keys that hold control characters': sealedWith(`"a\\u009bb": { password: "${encrypted('str')}" }`),
  'a path that no bundle carries': {
    ...webWith('valuesFiles: [my secrets.yaml]'),
    'releases/web/my secrets.yaml': `password: ${encrypted('str')}\n${sopsMap}`,
  },
  'the file of sealed fields as a values file': {
    ...webWith('valuesFiles: [sealed.staging.yaml]'),
    'releases/web/sealed.staging.yaml': `password: ${encrypted('str')}\n${sopsMap}`,
  },
  'a sealed field, and nobody to seal it for': webWith(
    'siteValues: { a: { sealed: true, at: [{ secret: web, key: a }] } }',
  ),
  'recipients that are none': siteWith(
    'environments:\n',
    'sealing: { recipients: [AGE-SECRET-KEY-1QQPQYQSZQGPQYQSZ, ssh-ed25519 AAAA] }\nenvironments:\n',
  ),
}

const many: Table = {
  'problems of many files at once': {
    ...siteWith('name: sample', 'name: Sample'),
    'releases/lock.yaml': 'helm: 4\n',
    'releases/database/release.yaml': 'namespace: shop\nchart: { path: chrt }\nenabled: maybe\n',
    ...webWith('valuesFiles: [values.yaml, missing.yaml]\ntimeout: 3x\nenvironments: { prod: {} }'),
    [values]: 'a: [\n',
    'releases/empty/x.txt': '',
  },
}

const images: Table = {
  'an image that is to be one and none': webWith(
    'images: { extra: [quay.io/a/b:1], ignore: [{ image: quay.io/a/b:1, reason: a note }] }\nenvironments: { production: { images: { extra: [a/b:1], ignore: [{ image: a/b:1, reason: a note }] } } }',
  ),
  'no reason, nothing at all, and what is no image': webWith(
    'images: { extra: ["an image", ""], ignore: [{ image: quay.io/a/b:1 }, { image: "", reason: "" }, quay.io/a/b:2] }\nenvironments: { staging: { images: [] } }',
  ),
  'finders that are none': {
    'releases/site.yaml': `name: sample
target: { kubernetes: "1.36", architecture: amd64 }
images:
  harbor: h.example
  projects: {}
  pullSecret: Not_a_name
  finders:
    - { kind: x.example/Widget, path: spec.image }
    - { kind: Widget.x.example, path: /spec/image, form: refrence }
    - { kind: Widget.x.example }
environments: { staging: { cluster: a }, production: { cluster: b } }
`,
  },
}

export const broken: { [golden: string]: Table } = {
  syntax,
  structure,
  policies,
  images,
  sites,
  files,
  dependencies,
  'site-values': siteValues,
  sealed,
  many,
}
