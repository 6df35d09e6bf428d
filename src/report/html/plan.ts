import type { JudgedChange, JudgedField, JudgedPlan } from '../../core/judged.ts'
import { keyOf, nameOf } from '../../core/object.ts'
import { hooksOf, prunesOf } from '../../core/plan.ts'
import type { Action, PlannedHook, PlannedRelease, Removal } from '../../core/plan.ts'
import type { PlannedValue } from '../../core/site-values/planned.ts'
import { counted, grouped } from '../count.ts'
import { bounded, fieldLines } from '../field-lines.ts'
import { countsOf, minutes, prunedTitle } from '../plan.ts'
import { becauseWords, ownersWords, settledWords } from '../plan-change.ts'
import { html, joined, words } from './escape.ts'
import type { Html } from './escape.ts'
import { page } from './page.ts'

/** Lines of one field: a file that is replaced whole says no more by 10,000. */
const mostLines = 200

const nothing: Html = { html: '' }

const list = (items: Html[]): Html =>
  items.length === 0
    ? nothing
    : html`<ul>
        ${items.map((one) => html`<li>${one}</li>`)}
      </ul>`

const section = (title: string, items: Html[]): Html =>
  items.length === 0
    ? nothing
    : html`<section>
        <h2>${title}</h2>
        ${items}
      </section> `

const field = (one: JudgedField, set: string): Html => {
  const owners = ownersWords(one, set)
  const head = html`<code>${one.name}</code
    >${owners === '' ? nothing : html` <span class="dim">(${owners})</span>`}`
  if (one.change === 'hidden') return html`<div>${head}: ${one.how} <em>(not shown)</em></div>`
  const lines = bounded(fieldLines(one), mostLines).map(({ mark, text }) => {
    const colour = mark === '-' ? 'red' : mark === '+' ? 'green' : 'dim'
    return html`<span class="${colour}">${mark} ${text}</span>`
  })
  const order = one.change === 'reordered' ? ' (order)' : ''
  return html`<div>
    ${head}${order}
    <pre>${joined(lines, '\n')}</pre>
  </div>`
}

const badge = (colour: string, text: string): Html => html`<span class="badge ${colour}">${text}</span>`

const object = (change: JudgedChange): Html => html`<code>${nameOf(change.id)}</code>${becauseWords(change)}`

/** Up to so many changed objects show their fields at once; of more, a reader opens those that matter. */
const mostOpen = 30

const changeItem = (change: JudgedChange, set: string, isOpen: boolean): Html => {
  const settled = settledWords(change)
  switch (change.comes) {
    case 'created':
      return html`<div>${badge('green', 'create')} ${object(change)}</div>`
    case 'same':
      return html`<div>${badge('dim', 'no change')} ${object(change)}${list(settled.map(words))}</div>`
    case 'changed':
      return html`<details${isOpen ? { html: ' open' } : nothing}>
        <summary>
          ${badge('yellow', 'change')} ${object(change)}
          <span class="dim">${counted(change.fields.length, 'field')}</span>
        </summary>
        <div>${change.fields.map((one) => field(one, set))}${list(settled.map(words))}</div>
      </details>`
    case 'recreated':
      return html`<div>${badge('red', 'make anew')} ${object(change)}: ${change.why}</div>`
    case 'conflict':
      return html`<div>
        ${badge('red', 'conflict')}
        ${object(change)}${list(change.conflicts.map((one) => html`<code>${one.field}</code> is set by ${one.manager}`))}
      </div>`
    case 'not checked':
      return html`<div>
        ${badge('yellow', change.because === 'new' ? 'create' : 'change')} ${object(change)}
        <span class="dim">not checked by the server: ${change.why}</span>
      </div>`
  }
}

const pruneItem = ({ id }: Removal): Html =>
  html`<div>${badge('red', 'delete')} <code>${nameOf(id)}</code></div>`

const hookItem = ({ id, event, weight, finished }: PlannedHook): Html =>
  html`<div>
    ${badge('cyan', 'hook')} <code>${nameOf(id)}</code> ${event}, weight
    ${weight}${finished ? ', already run' : ''}
  </div>`

const valueWords: Record<PlannedValue['do'], string> = {
  make: 'will be made',
  'take over': 'taken over as it is',
  supply: 'supplied',
  read: 'read at each apply',
  unseal: 'sealed in the bundle',
  rotate: 'rotated, or supplied anew, since it was applied',
  keep: 'kept',
}

/** What a reader must see before anything else. */
const risks = (plan: JudgedPlan): Html[] => {
  const of = <K extends JudgedChange['comes']>(comes: K) =>
    plan.changes.filter((one): one is JudgedChange & { comes: K } => one.comes === comes)
  const part = (title: string, items: Html[]): Html =>
    items.length === 0
      ? nothing
      : html`<h3>${title}</h3>
          ${list(items)}`
  const parts = [
    part(
      'The apply will be refused',
      of('conflict').map(
        (one) =>
          html`<code>${nameOf(one.id)}</code>:
            ${one.conflicts.map(({ manager, field: at }) => `${at} is set by ${manager}`).join('; ')}`,
      ),
    ),
    part(
      'Deleted',
      prunesOf(plan).map(({ id }) => html`<code class="red">${nameOf(id)}</code>`),
    ),
    part(
      'Deleted and made anew',
      of('recreated').map((one) => html`<code class="red">${nameOf(one.id)}</code>: ${one.why}`),
    ),
    part(
      'Hooks that run',
      hooksOf(plan)
        .filter((one) => !one.finished)
        .map((one) => html`<code>${nameOf(one.id)}</code> ${one.event}, weight ${one.weight}`),
    ),
    part(
      'Taken over from somebody else',
      plan.changes.flatMap((one) =>
        one.settled.length === 0
          ? []
          : [html`<code>${nameOf(one.id)}</code>: ${settledWords(one).join('; ')}`],
      ),
    ),
    part(
      'Not checked by the server',
      Array.from(
        Map.groupBy(of('not checked'), ({ why }) => why),
        ([why, found]) => html`${counted(found.length, 'object')}: ${why}`,
      ),
    ),
    part('To know before', plan.notes.map(words)),
  ]
  return parts.every((one) => one.html === '') ? [] : parts
}

const counts = (plan: JudgedPlan): Html => {
  const found = countsOf(plan)
  const shown: [number, string, string][] = [
    [found.delete, 'to delete', 'red'],
    [found.anew, 'to make anew', 'red'],
    [found.refused, 'in conflict', 'red'],
    [found.hooks, found.hooks === 1 ? 'hook to run' : 'hooks to run', 'cyan'],
    [found.change, 'to change', 'yellow'],
    [found.create, 'to create', 'green'],
    [found.same, 'sent, and the same', 'dim'],
    [found.unchanged, 'unchanged', 'dim'],
  ]
  return html`<ul class="counts">
    ${shown.filter(([count]) => count > 0).map(([count, what, colour]) => html`<li class="${colour}"><b>${grouped(count)}</b> ${what}</li>`)}
  </ul>`
}

/**
 * A plan as a page for who has to agree to it: what it deletes, makes anew and runs first; then every change in the order in which it comes, its
 * fields folded away. One file, without scripts; whatever comes from objects is shown, never read as HTML. Values of Secrets are not in a plan.
 */
export const planHtml = (plan: JudgedPlan, digest: string): string => {
  const judged = new Map(plan.changes.map((one) => [keyOf(one.id), one]))
  const isOpen = plan.changes.filter(({ comes }) => comes === 'changed').length <= mostOpen
  const items = (actions: Action[]): Html[] =>
    actions.flatMap(({ id }) => {
      const change = judged.get(keyOf(id))
      return change ? [changeItem(change, plan.set, isOpen)] : []
    })
  const release = (one: PlannedRelease, wave: number): Html => {
    const actions = one.lines.flatMap((line) => line.actions)
    const sent = items(actions)
    const wait =
      sent.length === 0
        ? nothing
        : html`<div class="dim">
            then waits until ${actions.length === 1 ? 'it is' : `all ${actions.length} are`} ready,
            ${minutes(one.timeoutSeconds)} at most
          </div>`
    return section(`Wave ${wave}: ${one.name} (${one.changed ? one.mode : 'unchanged'})`, [
      ...one.before.map(hookItem),
      ...(one.prune ?? []).flat().map(pruneItem),
      ...sent,
      ...(sent.length === 0 ? [] : [wait]),
      ...one.after.map(hookItem),
    ])
  }
  const { replaces, cluster, kubernetes, bundle } = plan
  const facts: [string, Html][] = [
    [
      'Cluster',
      html`${[cluster.name, cluster.id === null ? '' : `(${cluster.id})`].filter((one) => one !== '').join(' ')}`,
    ],
    [
      'Kubernetes',
      html`${kubernetes.server}${kubernetes.bundle === '' ? '' : `; the bundle was made for ${kubernetes.bundle}`}`,
    ],
    ['Bundle', html`${bundle.version}, sequence ${bundle.sequence} <code>${bundle.digest}</code>`],
    [
      'Replaces',
      replaces === null
        ? html`nothing: it is the first one`
        : replaces.digest === bundle.digest
          ? html`this very bundle, the one that was applied
            last${replaces.state === 'applying' ? ', which was not finished' : ''}`
          : html`${replaces.version}, sequence
              ${replaces.sequence}${replaces.state === 'applying' ? ', which was not finished' : ''}
              <code>${replaces.digest}</code>`,
    ],
    ['Digest of this plan', html`<code>${digest}</code>`],
  ]
  const goes = (plan.removals ?? []).flatMap(({ releases }) =>
    releases.map(({ name, before, after }) =>
      section(`Removed: ${name}`, [
        html`<div>the whole release</div>`,
        ...[...before, ...after].map(hookItem),
      ]),
    ),
  )
  const values = list(
    plan.siteValues
      .filter((one) => one.do !== 'keep')
      .map(
        (one) => html`<code>${one.id}</code>: ${valueWords[one.do]}${'from' in one ? ` (${one.from})` : ''}`,
      ),
  )
  const stays = plan.kept.map(
    (one) =>
      html`<div>
        ${badge('dim', one.do)}
        <code>${nameOf(one.id)}</code>${'because' in one ? `: ${one.because}` : ''}
      </div>`,
  )
  const sections = [
    section('What it risks', risks(plan)),
    section('Site values', values.html === '' ? [] : [values]),
    section('Namespaces', items(plan.namespaces)),
    section('CustomResourceDefinitions', items(plan.crds)),
    ...plan.waves.flatMap((wave, at) => wave.map((one) => release(one, at + 1))),
    ...goes,
    section(prunedTitle(plan), plan.prune.flat().map(pruneItem)),
    section('No longer wanted, and not deleted', stays),
  ]
  const body = html`<h1>Plan for ${plan.set}</h1>
    ${counts(plan)}
    <table>
      ${facts.map(
        ([name, value]) =>
          html`<tr>
            <th>${name}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </table>
    ${sections}`
  return page(`Plan for ${plan.set} ${plan.bundle.version}`, body)
}
