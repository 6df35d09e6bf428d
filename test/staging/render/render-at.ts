import test from 'ava'
import { forgetful } from '../../../src/core/effects/memory.ts'
import type { KubeObject } from '../../../src/core/object.ts'
import type { Outcome } from '../../../src/core/problem.ts'
import type { Release, RenderedRelease, SetOf } from '../../../src/core/records.ts'
import type { Told } from '../../../src/core/stepper.ts'
import { resolve } from '../../../src/staging/resolve/resolve.ts'
import { render } from '../../../src/staging/render/render.ts'
import { openFiles } from '../../../src/system/files.ts'
import { openHelm } from '../../../src/system/helm.ts'
import { loadTarget } from '../../../src/system/schemas.ts'
import { openStandIn } from '../../../src/system/stand-in.ts'
import { declaredOf, valueOf } from '../resolve/small-site.ts'

const standIn = await openStandIn()
test.after.always(() => standIn.close())

export type Rendered = Outcome<SetOf<RenderedRelease>>

interface Besides {
  tell?: (told: Told) => void
  memory?: typeof forgetful
  /** All of them, where it is left out. */
  wanted?: string[]
  /** What a snapshot of the cluster holds. */
  objects?: KubeObject[]
}

/** Renders releases of the site at `root` by the real helm, for Kubernetes 1.36. */
export const renderAt = async (
  root: string,
  releases: Release[],
  {
    tell = () => {},
    memory = forgetful,
    wanted = releases.map(({ name }) => name),
    objects = [],
  }: Besides = {},
): Promise<Rendered> => {
  const files = openFiles(root)
  const helm = valueOf(await openHelm(root, '4.1.4'))
  const set = valueOf(await resolve(declaredOf(releases), { files, helm }))
  const target = { ...valueOf(await loadTarget('1.36')), objects }
  return render(
    { set, target, wanted: new Set(wanted) },
    { helm, files, tell, openStandIn: async () => standIn, memory },
  )
}
