import test from 'ava'
import { parseReference } from '../../../src/core/images/reference.ts'
import type { ImageReference } from '../../../src/core/images/reference.ts'
import type { Site } from '../../../src/core/records.ts'
import { digestsOf, lockName } from '../../../src/core/registry/lock.ts'
import { placeOf } from '../../../src/core/registry/wanted.ts'

const of = (text: string): ImageReference => parseReference(text) as ImageReference
const [index, amd64, arm64] = ['a', 'b', 'c'].map((letter) => `sha256:${letter.repeat(64)}`) as [
  string,
  string,
  string,
]
const siteOf = (architecture: string, otherArchitectures?: string[]): Pick<Site, 'target'> => ({
  target: { kubernetes: '1.36', architecture, ...(otherArchitectures && { otherArchitectures }) },
})

const names: { [text: string]: string | undefined } = {
  nginx: 'docker.io/library/nginx:latest',
  'quay.io/a/b:1': 'quay.io/a/b:1',
  [`quay.io/a/b:1@${index}`]: undefined,
}
for (const [text, name] of Object.entries(names))
  test(`${text} is locked as ${name ?? 'what it names itself'}`, (t) => t.is(lockName(of(text)), name))

const locks: {
  [what: string]: { site: Pick<Site, 'target'>; locked: object; wanted: string | undefined }
} = {
  'one architecture: the image': { site: siteOf('arm64'), locked: { index, amd64, arm64 }, wanted: arm64 },
  'two: the index': { site: siteOf('amd64', ['arm64']), locked: { index, amd64, arm64 }, wanted: index },
  'two that are one': { site: siteOf('amd64', ['amd64']), locked: { index, amd64 }, wanted: amd64 },
  'two, of which one is not locked': {
    site: siteOf('amd64', ['arm64']),
    locked: { index, amd64 },
    wanted: undefined,
  },
  'one that is not locked': { site: siteOf('arm64'), locked: { index, amd64 }, wanted: undefined },
}
for (const [what, { site, locked, wanted }] of Object.entries(locks))
  test(`pinned for ${what}`, (t) => {
    const digestOf = digestsOf(site, { images: { 'docker.io/library/web:1': locked } })
    t.is(digestOf(of('web:1')), wanted)
    t.is(digestOf(of('web:2')), undefined)
    t.is(digestOf(of(`web:1@${arm64}`)), undefined, 'what names a digest itself is left alone')
  })

const images: Site['images'] = {
  harbor: 'harbor.example:8443',
  mode: 'mirror',
  projects: { 'docker.io': 'hub', 'quay.io': 'quay-proxy' },
}
const places: [string, 'harbor' | 'registry', string][] = [
  ['nginx', 'harbor', 'harbor.example:8443 hub/library/nginx latest'],
  ['nginx:1', 'registry', 'registry-1.docker.io library/nginx 1'],
  [`quay.io/a/b:1@${index}`, 'harbor', `harbor.example:8443 quay-proxy/a/b ${index}`],
  ['quay.io/a/b:1', 'registry', 'quay.io a/b 1'],
  ['harbor.example:8443/hub/library/nginx:1', 'harbor', 'harbor.example:8443 hub/library/nginx 1'],
]
for (const [text, source, wanted] of places)
  test(`${text} is asked for, by ${source}, at ${wanted}`, (t) => {
    const { host, repository, reference } = placeOf(of(text), images, source)
    t.is(`${host} ${repository} ${reference}`, wanted)
  })
