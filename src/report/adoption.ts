import type { AdoptedRelease, Fate } from '../core/adoption.ts'
import { nameOf } from '../core/object.ts'
import { counted } from './count.ts'
import type { Paint } from './paint.ts'

const words = (fate: Fate, done: boolean): string => {
  switch (fate.will) {
    case 'ours':
      return 'ours already'
    case 'create':
      return 'not there; the next apply makes it'
    case 'remove':
      return `${done ? 'taken' : 'will be taken'} from Helm; the bundle has it not, and the next apply deletes it`
    case 'keep':
      return 'the bundle has it not, and it is to be kept: left alone'
    case 'foreign':
      return `nothing says that Helm made it (${fate.managers.join(', ') || 'nobody is named'}): left to the next apply`
    case 'take': {
      const { differs, restarts } = fate
      const taken = done ? 'taken from Helm' : 'will be taken from Helm'
      if (differs === null || differs.length === 0) return taken
      const shown = differs.slice(0, 3).join(', ')
      const more =
        differs.length > 3 ? ` and ${counted(differs.length - 3, 'more place', 'more places')}` : ''
      return `${taken}; differs at ${shown}${more}${restarts ? ': the next apply replaces its Pods' : ''}`
    }
  }
}

/** How a release is given back to Helm, or forgotten by it. */
const wayBack = ({ helm }: AdoptedRelease): string[] =>
  helm === null
    ? []
    : [
        `  Helm still knows it: never \`helm uninstall\` it, which would delete these objects. Once you don't want to go back:`,
        `  kubectl delete secret -n ${helm.namespace} -l owner=helm,name=${helm.name}`,
      ]

/** What an adoption did (`done`), or would do, release by release and object by object; never a value. */
export const describeAdoption = (releases: AdoptedRelease[], done: boolean, paint: Paint): string => {
  const unknown = releases.filter(({ helm }) => helm === null).map(({ release }) => release)
  const known = releases
    .filter(({ helm }) => helm !== null)
    .map((one) => {
      const { release, helm, objects } = one
      const head = `${paint.bold(release)}: revision ${helm?.revision} of the Helm release ${helm?.namespace}/${helm?.name}`
      const lines = objects.map((fate) => `  ${nameOf(fate.id)}: ${words(fate, done)}`)
      return [head, ...lines, ...(done ? wayBack(one) : []), ''].join('\n')
    })
  const none = unknown.length === 0 ? [] : [`Helm has no release of these names: ${unknown.join(', ')}\n`]
  return [...known, ...none].join('\n')
}
