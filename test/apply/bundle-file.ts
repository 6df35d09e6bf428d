import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { printManifest } from '../../src/core/bundle/manifest.ts'
import type { BundleManifest } from '../../src/core/bundle/format.ts'
import { provenancePath, reportPath } from '../../src/core/bundle/members.ts'
import type { Members } from '../../src/core/bundle/members.ts'
import { signBundle } from '../../src/core/bundle/sign.ts'
import { packBundle, packContents } from '../../src/core/bundle/write.ts'
import { sha256 } from '../../src/core/digest.ts'
import { printJson } from '../../src/core/json.ts'
import type { Wanted } from '../../src/core/wanted.ts'
import { testKey } from '../core/bundle/trusted.ts'

/** Writes a bundle (of a set called `SITE-test`) as a signed file, and a trust file that takes it, into a folder. Answers with both paths. */
export const bundleFile = async (
  folder: string,
  wanted: Wanted,
  { signer = testKey('alice'), name = 'bundle.tgz' } = {},
): Promise<{ bundle: string; trust: string }> => {
  const members: Members = new Map([
    [reportPath, Buffer.from('nothing\n')],
    [provenancePath, Buffer.from('{}\n')],
    ...wanted.releases
      .flatMap((one) => one.objects)
      .map(({ member, object }) => [member, Buffer.from(`${printJson(object)}\n`)] as const),
  ])
  const manifest: BundleManifest = {
    ...wanted.manifest,
    site: wanted.manifest.name.replace(/-test$/, ''),
    releases: wanted.manifest.releases.map((release) => ({
      ...release,
      objects: release.objects.toSorted((a, b) => (a.member < b.member ? -1 : 1)),
    })),
    members: Array.from(members, ([path, content]) => ({
      path,
      size: content.length,
      sha256: sha256(content),
    })).sort((a, b) => (a.path < b.path ? -1 : 1)),
  }
  const bytes = Buffer.from(printManifest(manifest))
  const signed = new Map(members).set('bundle.json', bytes)
  const contents = sha256(packContents(signed, 1).bytes)
  signed.set(...(await signBundle({ manifest: bytes, contents }, null, signer)))
  const bundle = path.join(folder, name)
  const trust = path.join(folder, 'trust.yaml')
  await writeFile(bundle, packBundle(signed, 1).bytes)
  await writeFile(
    trust,
    printJson({
      cluster: manifest.cluster,
      threshold: 1,
      keys: [{ name: 'alice', publicKey: signer.publicKey }],
    }),
  )
  return { bundle, trust }
}
