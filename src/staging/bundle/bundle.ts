import { formatVersion } from '../../core/bundle/format.ts'
import type { BundleManifest } from '../../core/bundle/format.ts'
import { printManifest, readManifest } from '../../core/bundle/manifest.ts'
import { isVersion, manifestPath, provenancePath, reportPath } from '../../core/bundle/members.ts'
import type { Members } from '../../core/bundle/members.ts'
import { openBundle } from '../../core/bundle/read.ts'
import { signBundle } from '../../core/bundle/sign.ts'
import { statementOf } from '../../core/bundle/statement.ts'
import { instantOf } from '../../core/bundle/time.ts'
import { packBundle, packContents } from '../../core/bundle/write.ts'
import { sha256 } from '../../core/digest.ts'
import type { Signer } from '../../core/effects/signer.ts'
import { canonicalJson } from '../../core/json.ts'
import { bad, good, problem, unless } from '../../core/problem.ts'
import type { Outcome, Problem, Problems } from '../../core/problem.ts'
import type { SetOf, ValidatedRelease } from '../../core/records.ts'
import type { SiteValue } from '../../core/site-values/recipe.ts'
import { imagesOf, indexOf, namespacesOf } from './index-of.ts'
import { gatherObjects } from './objects.ts'
import { provenanceOf } from './provenance.ts'
import { gatherSealed } from './sealed.ts'
import { siteValuesOf } from './site-values.ts'

export interface ToBundle {
  set: SetOf<ValidatedRelease>
  /** The rendered texts of the environment, by `RELEASE/` and the path below it, as in `rendered/ENV`. */
  files: Map<string, string>
  /** The files in SOPS format that its site values are sealed in, by path from the site's root. */
  sealed?: Map<string, Uint8Array>
  git: { commit: string; clean: boolean } | null
  version: string
  /** Must grow from one bundle to the next; the commit's time (`epochSeconds`) where it is left out. */
  sequence?: number
  /** `sha256:…` of the bundle.json that this one follows, or null. */
  previous: string | null
  /** `2027-01-31T00:00:00Z`, or null. */
  notAfter: string | null
  /** The diff report that was reviewed, markdown: what is approved is bound to what is applied. */
  report: string
  /** The commit's time: every time in the bundle is this one. */
  epochSeconds: number
  /** The program and its version, `scout 0.1.0`. */
  tool: string
}

export interface Bundle {
  bytes: Uint8Array
  /** NAME-VERSION.tgz */
  fileName: string
  manifest: BundleManifest
  /** Of bundle.json. */
  digest: string
  /** Of the file. */
  fileDigest: string
  /** Of the tar inside, whatever compresses it. */
  tarDigest: string
}

const refuse = (slug: string, what: string, fix: string): Problem =>
  problem({ code: `bundle/${slug}`, what, fix })

const checkInput = ({ version, sequence, previous, notAfter, epochSeconds }: ToBundle): Problem[] => {
  const found: Problem[] = []
  if (!isVersion(version))
    found.push(
      refuse(
        'bad-version',
        `"${version}" is no version.`,
        'Use letters, digits, dots, dashes and underscores, 128 at most: it becomes a file name and a tag.',
      ),
    )
  if (!Number.isSafeInteger(sequence ?? epochSeconds) || (sequence ?? epochSeconds) < 0)
    found.push(refuse('bad-sequence', `${sequence} is no sequence number.`, 'Give an integer of 0 or more.'))
  if (!Number.isSafeInteger(epochSeconds) || epochSeconds < 0)
    found.push(
      refuse('bad-epoch', `${epochSeconds} is no time of a commit.`, 'Give seconds since 1970, 0 or more.'),
    )
  if (previous !== null && !/^sha256:[0-9a-f]{64}$/.test(previous))
    found.push(
      refuse('bad-previous', `"${previous}" is no digest.`, 'Give the sha256:… of the bundle.json before.'),
    )
  if (notAfter !== null && instantOf(notAfter) === undefined)
    found.push(refuse('bad-time', `"${notAfter}" is no time.`, 'Write it like 2027-01-31T00:00:00Z.'))
  return found
}

/** A signature is filed under its key's name, so a second one of that name would take the place of the first. */
const checkSigners = (signers: Signer[]): Problem[] => {
  const names = signers.map(({ name }) => name)
  const twice = names.filter((name, index) => names.indexOf(name) < index)
  return [...new Set(twice)].map((name) =>
    refuse(
      'duplicate-signer',
      `Two keys are named "${name}".`,
      'Name each key once, and give keys of different people different file names.',
    ),
  )
}

const describe = (
  input: ToBundle,
  cluster: string,
  siteValues: SiteValue[],
): Omit<BundleManifest, 'members'> => {
  const { set } = input
  return {
    format: formatVersion,
    name: `${set.site.name}-${set.environment}`,
    site: set.site.name,
    environment: set.environment,
    version: input.version,
    sequence: input.sequence ?? input.epochSeconds,
    previous: input.previous,
    notAfter: input.notAfter,
    cluster,
    kubernetes: set.site.target.kubernetes,
    git: input.git,
    tool: input.tool,
    namespaces: namespacesOf(set),
    waves: set.waves,
    releases: set.releases.map(indexOf),
    siteValues,
    images: imagesOf(set),
  }
}

const listed = (members: Members): BundleManifest['members'] =>
  [...members.keys()].sort().map((path) => {
    const content = members.get(path) as Uint8Array
    return { path, size: content.length, sha256: sha256(content) }
  })

const clusterOf = ({ set }: ToBundle): Outcome<string> => {
  const { environments, ...site } = set.site
  const cluster = Object.hasOwn(environments, set.environment)
    ? environments[set.environment]?.cluster
    : undefined
  if (cluster !== undefined) return good(cluster)
  return bad([
    {
      ...refuse(
        'no-cluster',
        `Nothing says which cluster ${set.environment} is.`,
        `Name it under environments.${set.environment}.cluster.`,
      ),
      where: [{ in: 'file', file: site.file }],
    },
  ])
}

const dirty = problem({
  code: 'bundle/uncommitted',
  severity: 'warning',
  what: 'The tree has changes that are in no commit.',
  why: 'Nobody can build this bundle again.',
  fix: 'Commit, and bundle again.',
})

/**
 * Makes one file of a rendered and validated environment: what is applied, what was reviewed, where it came from, and the
 * signatures of `signers` over all of it (none: the bundle is unsigned and only `--insecure-skip-verify` takes it). The bytes
 * are a function of the input alone, with Ed25519 keys; ECDSA signatures differ each time.
 */
export const bundle = async (
  input: ToBundle,
  { signers }: { signers: Signer[] },
): Promise<Outcome<Bundle>> => {
  const objects = gatherObjects(input.set, input.files)
  const cluster = clusterOf(input)
  const siteValues = siteValuesOf(input.set)
  const sealed = siteValues.ok ? gatherSealed(siteValues.value, input.sealed ?? new Map()) : siteValues
  const found = [
    ...checkInput(input),
    ...checkSigners(signers),
    ...(objects.ok ? [] : objects.problems),
    ...(cluster.ok ? [] : cluster.problems),
    ...(sealed.ok ? [] : sealed.problems),
  ]
  if (found.length > 0 || !objects.ok || !cluster.ok || !siteValues.ok || !sealed.ok)
    return bad(found as Problems)

  const described = describe(input, cluster.value, siteValues.value)
  const predicate = provenanceOf(described)
  const members = new Map([...objects.value, ...sealed.value])
  members.set(reportPath, Buffer.from(input.report))
  const subjects = listed(members).map(({ path, sha256: digest }) => ({ name: path, digest }))
  members.set(provenancePath, Buffer.from(canonicalJson(statementOf(subjects, predicate))))

  const manifest: BundleManifest = { ...described, members: listed(members) }
  const fileName = `${manifest.name}-${manifest.version}.tgz`
  const manifestBytes = Buffer.from(printManifest(manifest))
  // Nothing is signed, and nothing is given out, that the reader on the other side would not take.
  const readable = readManifest(manifestBytes, fileName)
  if (!readable.ok) return readable
  members.set(manifestPath, manifestBytes)
  const contents = packContents(members, input.epochSeconds)
  const signed = { manifest: manifestBytes, contents: sha256(contents.bytes) }
  for (const signer of signers) members.set(...(await signBundle(signed, predicate, signer)))
  const packed = packBundle(members, input.epochSeconds, contents)
  const opened = openBundle(packed.bytes, fileName)
  if (!opened.ok) return opened
  return unless(input.git?.clean === false ? [dirty] : [], () => ({
    ...packed,
    fileName,
    manifest,
    digest: sha256(manifestBytes),
  }))
}
