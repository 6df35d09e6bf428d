import { idOf, isCrd } from '../../src/core/object.ts'
import { good } from '../../src/core/problem.ts'
import type { Outcome } from '../../src/core/problem.ts'
import type { ResolvedRelease, SetOf } from '../../src/core/records.ts'
import type { Step } from '../../src/core/stepper.ts'
import { kindsOfCrd } from '../../src/core/target.ts'
import type { DescribedTarget } from '../../src/core/target.ts'
import { counted } from '../../src/report/count.ts'
import { groundOf } from '../../src/staging/render/surroundings.ts'
import { installCrds, installObjects } from './install.ts'
import { renderOnServer } from './render.ts'
import type { Stage } from './render.ts'
import type { Server } from './server.ts'
import type { RenderedFile } from './site.ts'

export interface Input {
  set: SetOf<ResolvedRelease>
  rendered: RenderedFile[]
  target: DescribedTarget
  stage: Omit<Stage, 'kubeconfig' | 'served'>
}

/** Two renders by the server, canonical texts by path below `rendered/ENV`. */
export type TwoRenders = [Map<string, string>, Map<string, string>]

/**
 * Renders all chart releases twice on a server that is, for each, as the cluster will be when the release is first applied: with the
 * CRDs of the set, the namespaces and supplied Secrets, and the objects of what it depends on; also with its own, where its `lookup` is to
 * find them. So it goes wave by wave.
 */
export const renderInWaves = async (
  { set, rendered, target, stage: given }: Input,
  { cluster, kubeconfig }: Server,
  step: Step,
): Promise<TwoRenders> => {
  const crds = rendered.map(({ object }) => object).filter((object) => isCrd(idOf(object)))
  const kinds = await step(`install ${counted(crds.length, 'CRD')}`, () => installCrds(crds, cluster))
  await step('install namespaces and supplied Secrets', () => installObjects(groundOf(set), kinds, cluster))
  const install = (names: Set<string>): Promise<Outcome<void>> => {
    const objects = rendered.filter(({ release, phase }) => names.has(release) && phase !== 'delete-hooks')
    return installObjects(
      objects.map(({ object }) => object),
      kinds,
      cluster,
    )
  }

  const served = { ...target, brought: crds.flatMap(kindsOfCrd) }
  const stage = { ...given, kubeconfig, served }
  const needed = new Set(set.releases.flatMap(({ dependsOn }) => dependsOn))
  const renders: TwoRenders = [new Map(), new Map()]
  for (const [index, names] of set.waves.entries()) {
    const releases = set.releases.filter(({ name }) => names.includes(name))
    const remembering = releases.filter(({ lookup }) => lookup === 'last-render').map(({ name }) => name)
    for (const [time, render] of renders.entries())
      await step(`render wave ${index + 1} on the server, time ${time + 1}`, async () => {
        if (time === 0) {
          const installed = await install(new Set(remembering))
          if (!installed.ok) return installed
        }
        const texts = await renderOnServer({ ...set, releases }, stage)
        if (texts.ok) for (const [path, text] of texts.value) render.set(path, text)
        return texts.ok ? good(undefined, texts.warnings) : texts
      })
    await step(`install what waves after ${index + 1} depend on`, () =>
      install(needed.intersection(new Set(names))),
    )
  }
  return renders
}
