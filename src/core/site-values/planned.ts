import type { Recipe } from './recipe.ts'

/** What an apply does about one site value; never the value itself. */
export type PlannedValue =
  /** It is in the store. */
  | { do: 'keep'; id: string }
  /** It is in the store, and another one than was applied last: rotated since, or supplied anew. What holds it gets it now. */
  | { do: 'rotate'; id: string }
  | {
      do: 'make'
      id: string
      made: Recipe['made']
      because: 'new' | 'asked for' | 'made of what has changed'
    }
  /** It is on the cluster already, as Helm has made it; `from`: `Secret shop/web, key password`. */
  | { do: 'take over'; id: string; from: string }
  /** Given by a person in this very run. */
  | { do: 'supply'; id: string }
  | { do: 'read'; id: string; from: string }
  | { do: 'unseal'; id: string }

/** Whether it changes what the store holds. */
export const isStored = ({ do: what }: PlannedValue): boolean =>
  ['make', 'take over', 'supply'].includes(what)
