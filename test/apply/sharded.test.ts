import test from 'ava'
import { inventoryNamespace, labels, parentName, setIdOf } from '../../src/core/applyset.ts'
import { shardLabel } from '../../src/core/inventory-secrets.ts'
import { statusOf } from '../../src/control-plane/pipeline.ts'
import type { KubeObject } from '../../src/core/object.ts'
import { dyingAt, finished } from './dying.ts'
import { applied, bundleOf, configMap, freshSet } from './set.ts'

// A Secret of the inventory may be so large here, so that a few objects need several.
const largestPart = 900

const scene = async (purpose: string) => {
  const { namespace, set, cluster, request } = await freshSet(purpose)
  const secrets = `/api/v1/namespaces/${inventoryNamespace}/secrets`
  const namesBy = async (path: string, selector: string): Promise<string[]> => {
    const { body } = await request('GET', `${path}?labelSelector=${encodeURIComponent(selector)}`)
    return (body.items as KubeObject[]).map((one) => one.metadata.name).sort()
  }
  const bundle = (sequence: number, count: number, word = '1') =>
    bundleOf(
      set,
      sequence,
      ['one', 'two'].map((name) => ({
        name,
        namespace,
        objects: Array.from({ length: count }, (_, at) => configMap(`${name}-${at}`, { a: word })),
      })),
    )
  return {
    set,
    cluster,
    request,
    bundle,
    secrets,
    parts: () => namesBy(secrets, `${shardLabel}=${setIdOf(set)}`),
    members: () => namesBy(`/api/v1/namespaces/${namespace}/configmaps`, `${labels.partOf}=${setIdOf(set)}`),
  }
}

test('an inventory too large for one Secret is kept in several, shrinks with the set, and leaves no part behind', async (t) => {
  const { set, cluster, bundle, parts, members } = await scene('parts')
  const large = bundle(1, 12)
  t.deepEqual((await applied(cluster, large, { largestPart })).problems, undefined)
  const first = await parts()
  t.true(first.length >= 3, `${first.length} parts`)
  const status = await statusOf(set, { cluster, tell: () => undefined })
  t.is(status.objects.filter((one) => one.state === 'ready').length, 25)
  // Nothing changed: nothing is written.
  t.deepEqual((await applied(cluster, large, { largestPart })).problems, undefined)
  t.deepEqual(await parts(), first)

  t.deepEqual((await applied(cluster, bundle(2, 12, '2'), { largestPart })).problems, undefined)
  const second = await parts()
  t.deepEqual(
    second.filter((name) => first.includes(name)),
    [],
  )
  t.deepEqual((await applied(cluster, bundle(3, 1, '2'), { largestPart })).problems, undefined)
  t.deepEqual(await parts(), [])
  t.deepEqual(await members(), ['one-0', 'two-0'])
})

test('a part that is missing or was altered stops everything, and is not taken for fewer objects', async (t) => {
  const { cluster, bundle, parts, members, request, secrets } = await scene('broken')
  t.deepEqual((await applied(cluster, bundle(1, 12), { largestPart })).problems, undefined)
  const before = await members()
  const [name = ''] = await parts()
  const { body } = await request('GET', `${secrets}/${name}`)
  await request('DELETE', `${secrets}/${name}`)
  const broken = async (says: RegExp): Promise<void> => {
    const { problems } = await applied(cluster, bundle(2, 1), { largestPart })
    t.like(problems, [{ code: 'apply/broken-inventory', fault: 'world' }])
    t.regex(problems?.[0]?.what ?? '', says)
  }
  await broken(/its part .* is missing/)
  const { resourceVersion: _, uid: __, ...metadata } = body.metadata
  const forged = { ...body, metadata, data: { entries: Buffer.from('[]').toString('base64') } }
  t.is((await request('POST', secrets, { body: forged })).status, 201)
  await broken(/cannot be read/)
  t.deepEqual(await members(), before)
  await request('DELETE', `${secrets}/${name}`)
  t.is((await request('POST', secrets, { body: { ...body, metadata } })).status, 201)
  t.deepEqual((await applied(cluster, bundle(2, 1), { largestPart })).problems, undefined)
  t.deepEqual(await members(), ['one-0', 'two-0'])
})

test('killed at any write of an inventory in parts, a rerun converges, and neither objects nor parts are left over', async (t) => {
  const real = await scene('parts-killed')
  // The writes of all that is not the inventory are those of interrupted.test.ts; of these every third is tried.
  for (let writes = 0; ; writes += 3) {
    const { set, cluster, bundle, parts, members, request, secrets } =
      writes === 0 ? real : await scene('parts-killed')
    const a = bundle(1, 4)
    const b = bundle(2, 4, '2')
    const small = { largestPart: 500 }
    const first = dyingAt(cluster, writes)
    const lived = await finished(() => applied(first.cluster, a, small))
    const second = dyingAt(cluster, writes)
    const livedAgain = await finished(() => applied(second.cluster, b, small))
    t.deepEqual((await applied(cluster, b, small)).problems, undefined, `killed at write ${writes}`)
    const { body } = await request('GET', `${secrets}/${parentName(set)}`)
    t.truthy(body.data.journal)
    t.true((await parts()).length >= 2)
    const last = await applied(cluster, bundle(3, 1, '2'))
    t.deepEqual(last.problems, undefined, `killed at write ${writes}`)
    t.deepEqual(await members(), ['one-0', 'two-0'], `killed at write ${writes}`)
    t.deepEqual(await parts(), [], `killed at write ${writes}`)
    if (lived && livedAgain) {
      t.true(writes > 15)
      return
    }
  }
})
