import { idOf, isCrd } from '../../../src/core/object.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import { usualPolicy } from '../../../src/core/policy.ts'
import type { Phase, RewrittenRelease, SetOf } from '../../../src/core/records.ts'

const releaseOf = (name: string, objects: KubeObject[], phase: Phase): RewrittenRelease => ({
  name,
  environment: 'staging',
  namespace: 'shop',
  file: `releases/${name}/release.yaml`,
  source: { kind: 'manifests', paths: [] },
  values: [],
  dependsOn: [],
  timeoutSeconds: 1,
  renderedAs: 'install',
  supplied: [],
  siteValues: [],
  tokens: {},
  lookup: 'nothing',
  policy: usualPolicy,
  resolved: { kind: 'manifests', files: [], digest: '' },
  renderedBy: 'none',
  images: [],
  objects: objects.map((object, index) => ({
    id: idOf(object),
    object,
    phase: isCrd(idOf(object)) ? 'crds' : phase,
    origin: { template: `templates/${index}.yaml`, line: 7 },
  })),
})

/** A set of one environment with these objects by release, all in one phase but for the CRDs. */
export const setOf = (
  releases: { [name: string]: KubeObject[] },
  phase: Phase = 'main',
): SetOf<RewrittenRelease> => ({
  site: {
    file: 'releases/site.yaml',
    name: 'sample',
    target: { kubernetes: '1.36', architecture: 'amd64' },
    images: { harbor: 'harbor.example', mode: 'harbor', projects: {} },
    environments: {},
    namespaces: {},
  },
  lock: { file: 'releases/lock.yaml', helm: '4.1.4', charts: {}, images: {} },
  environment: 'staging',
  waves: [Object.keys(releases)],
  releases: Object.entries(releases).map(([name, objects]) => releaseOf(name, objects, phase)),
})
