import test from 'ava'
import { comparisonMarkdown } from '../../src/report/comparison-markdown.ts'
import { golden } from '../golden/golden.ts'
import { everyChange, hostile, manyChanges } from './comparisons.ts'

const title = 'production against main'

/** The text without what is code: fenced blocks, code spans and `<code>`, as CommonMark and GFM read them. */
const outsideCode = (markdown: string): string =>
  markdown
    .replace(/^(`{3,})diff\n[^]*?\n\1$/gm, '')
    .replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '')
    .replace(/<code>[^<]*<\/code>/g, '')

test('a note starts with its summary, its risks and a table, then has each release folded away', (t) => {
  golden(t, 'report/comparison.md', comparisonMarkdown(everyChange, { title }))
})

test('nothing changed is a note of one line', (t) => {
  t.is(
    comparisonMarkdown({ releases: [], unchanged: 1 }, { title }),
    '## Changes of `production against main`\n\n**No changes, 1 object unchanged**\n\n',
  )
})

test('no name or value breaks out of its code: no HTML, no link, no mention, no further row or heading', (t) => {
  const markdown = comparisonMarkdown(hostile, { title: hostile.releases[2]?.release ?? '' })
  const outside = outsideCode(markdown)
  t.notRegex(outside, /script|onerror|javascript|evil|@all|fake|not ours/)
  const tags = [...outside.matchAll(/<[^>]*>/g)].map(([tag]) => tag)
  t.deepEqual([...new Set(tags)].sort(), ['</details>', '</summary>', '<details>', '<summary>'])
  t.is(outside.match(/<details>/g)?.length, hostile.releases.length)
  t.is(outside.match(/<\/details>/g)?.length, hostile.releases.length)
  for (const row of outside.split('\n').filter((line) => line.startsWith('|')))
    t.true(row.split('|').length === 7 || row.split('|').length === 8, row)
  t.notRegex(markdown, /[^\P{Cc}\n]|[\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]|\p{Cs}/u)
  golden(t, 'report/comparison-hostile.md', markdown)
})

for (const limit of [8000, 50_000, 950_000])
  test(`a note takes no more than ${limit} bytes and says what it left out, to the last object`, (t) => {
    const changes = manyChanges(100, 100)
    const markdown = comparisonMarkdown(changes, { title, limit })
    t.true(Buffer.byteLength(markdown) <= limit, `${Buffer.byteLength(markdown)}`)
    t.is(markdown.match(/<details>/g)?.length, markdown.match(/<\/details>/g)?.length)
    const shown = markdown.match(/^- changed /gm)?.length ?? 0
    const [, left] = /Not shown for want of room: ([\d,]+) changed objects?/.exec(markdown) ?? []
    t.is(shown + Number((left ?? '0').replaceAll(',', '')), 10_000)
    t.true(Buffer.byteLength(markdown) > limit / 3)
  })

test('hostile names, too, stay within the limit', (t) => {
  const markdown = comparisonMarkdown(
    { unchanged: 0, releases: Array.from({ length: 20 }, () => hostile.releases).flat() },
    { title, limit: 20_000 },
  )
  t.true(Buffer.byteLength(markdown) <= 20_000)
})
