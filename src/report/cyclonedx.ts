import type { ImageInventory } from '../core/images/inventory.ts'
import { parseReference } from '../core/images/reference.ts'
import type { ImageReference } from '../core/images/reference.ts'

const inQuery = (text: string): string => encodeURIComponent(text).replaceAll('%2F', '/')

/** The package URL of an image. Source: package-url/purl-spec, type `oci`: the version is the digest, the tag a qualifier. */
const purlOf = ({ registry, path, tag, digest }: ImageReference): string => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const version = digest === undefined ? '' : `@${encodeURIComponent(digest)}`
  const tagged = tag === undefined ? '' : `&tag=${inQuery(tag)}`
  return `pkg:oci/${name}${version}?repository_url=${inQuery(`${registry}/${path}`)}${tagged}`
}

/** All images as a bill of materials, CycloneDX 1.6, for scanners. Without a time and a serial number: the same site gives the same bytes. */
export const cycloneDx = ({ images }: ImageInventory, site: string, version: string): unknown => ({
  $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: {
    tools: { components: [{ type: 'application', name: 'scout', version }] },
    component: { type: 'application', 'bom-ref': `site:${site}`, name: site },
  },
  components: images.flatMap(({ reference, rewritten, places }) => {
    const parsed = reference === undefined ? undefined : parseReference(reference)
    if (reference === undefined || parsed === undefined || 'malformed' in parsed) return []
    const pinned = parseReference(rewritten)
    const digest = parsed.digest ?? ('malformed' in pinned ? undefined : pinned.digest)
    const releases = [...new Set(places.map(({ release }) => release))]
    return [
      {
        type: 'container',
        'bom-ref': `${reference} ${rewritten}`,
        name: `${parsed.registry}/${parsed.path}`,
        ...((parsed.tag ?? digest) !== undefined && { version: parsed.tag ?? digest }),
        purl: purlOf({ ...parsed, ...(digest !== undefined && { digest }) }),
        properties: [
          { name: 'scout:pulled-as', value: rewritten },
          ...releases.map((release) => ({ name: 'scout:release', value: release })),
        ],
      },
    ]
  }),
})
