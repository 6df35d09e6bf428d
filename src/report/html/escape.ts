import { shortened, visible } from '../visible.ts'

const entities: { [sign: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** HTML that is safe to be put between tags and into attributes in quotes. Made by `html`, `words` and `joined` alone. */
export interface Html {
  html: string
}

const longest = 2000

/** Somebody else's text as HTML: no tag, no attribute and no entity can come of it, and what has no shape is written as an escape. */
export const words = (text: string): Html => ({
  html: shortened(visible(text), longest).replace(/[&<>"']/g, (sign) => entities[sign] as string),
})

/** One after the other. */
export const joined = (parts: Html[], between = ''): Html => ({
  html: parts.map((part) => part.html).join(between),
})

/** A template of our own, with whatever is put in made safe: texts by `words`, lists by joining them. */
export const html = (
  template: TemplateStringsArray,
  ...values: (Html | Html[] | string | number)[]
): Html => ({
  html: template
    .map((part, at) => {
      const value = values[at]
      if (value === undefined) return part
      if (typeof value === 'string' || typeof value === 'number') return part + words(String(value)).html
      return part + (Array.isArray(value) ? joined(value) : value).html
    })
    .join(''),
})
