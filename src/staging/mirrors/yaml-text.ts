import { Scalar, stringify } from 'yaml'

/** YAML in which what is filled in later is a text whatever it will be: a password of digits is no number. */
export const yamlText = (content: object): string =>
  stringify(
    content,
    (_key, value: unknown) =>
      typeof value === 'string' && value.startsWith('${')
        ? Object.assign(new Scalar(value), { type: Scalar.QUOTE_SINGLE })
        : value,
    { lineWidth: 0, aliasDuplicateObjects: false },
  )
