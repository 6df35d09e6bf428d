import type { ReadFiles } from '../../core/effects/files.ts'
import type { HelmValues } from '../../core/effects/helm.ts'
import { printJson } from '../../core/json.ts'
import type { Release } from '../../core/records.ts'
import { withSealedPlaceholders } from '../../core/site-values/sealed-values.ts'
import { withPlaceholders } from '../../core/site-values/token.ts'
import { outlineOf } from '../../core/sops/outline.ts'

/** What helm gets as values, lowest first: with placeholders, made with this salt, where the release's values name site values or are sealed. */
export const helmValuesOf = (release: Release, salt: string, files: ReadFiles): Promise<HelmValues[]> =>
  Promise.all(
    release.values.map(async (layer): Promise<HelmValues> => {
      if (layer.from === 'release')
        return { from: 'text', text: withPlaceholders(printJson(layer.values), release.tokens, salt) }
      const text = (await files.readText(layer.file)) ?? ''
      const sealed = outlineOf(text, layer.file)
      const open = sealed?.ok ? withSealedPlaceholders(sealed.value, layer.file, salt) : text
      const placed = withPlaceholders(open, release.tokens, salt)
      return placed === text ? { from: 'file', file: layer.file } : { from: 'text', text: placed }
    }),
  )
