import test from 'ava'
import { openContract } from './contract.ts'
import type { Exchange } from './contract.ts'

const good: Exchange = {
  method: 'POST',
  url: '/api/v2.0/projects',
  headers: { 'content-type': 'application/json' },
  sent: '{"project_name":"x","registry_id":4,"metadata":{"public":"true"}}',
  status: 201,
  answered: '',
  answerHeaders: {},
}
const list: Exchange = {
  method: 'GET',
  url: '/api/v2.0/registries?page=1&page_size=100',
  headers: {},
  sent: '',
  status: 200,
  answered: '[{"id":1,"name":"x"}]',
  answerHeaders: { 'x-total-count': '1' },
}

const wrong: [string, Exchange, RegExp][] = [
  ['an unknown path', { ...good, url: '/api/v2.0/project' }, /no such operation/],
  ['a path of another version', { ...good, url: '/api/v1.0/projects' }, /not below/],
  ['a method that is not described', { ...good, method: 'PATCH' }, /no such operation/],
  ['a field that is not described', { ...good, sent: '{"name":"x"}' }, /additional properties/],
  ['a field of another type', { ...good, sent: '{"metadata":{"public":true}}' }, /public must be string/],
  ['a body that is none', { ...good, sent: '' }, /is no JSON/],
  ['a content type of another kind', { ...good, headers: {} }, /content type/],
  ['an answer that is not described', { ...good, status: 202 }, /no answer 202/],
  ['a body where none is described', { ...good, answered: '{}' }, /an answer where none/],
  [
    'an error of another shape',
    { ...good, status: 409, answered: '{"error":"no"}' },
    /additional properties/,
  ],
  ['an unknown question', { ...list, url: '/api/v2.0/registries?size=3' }, /no query parameter size/],
  ['a page that is too large', { ...list, url: '/api/v2.0/registries?page_size=101' }, /above 100/],
  ['a page that is no number', { ...list, url: '/api/v2.0/registries?page=x' }, /no integer/],
  ['a list without its total', { ...list, answerHeaders: {} }, /total count is missing/],
  ['an id that is a text', { ...list, answered: '[{"id":"1"}]' }, /id must be integer/],
  ['a header that is not described', { ...list, headers: { 'x-is-resource-name': 'true' } }, /no header/],
]

test("Harbor's own description takes what is right", async (t) => {
  const judge = await openContract()
  t.deepEqual([...judge(good), ...judge(list)], [])
})

for (const [what, exchange, fault] of wrong)
  test(`${what} is found to be against Harbor's own description`, async (t) => {
    const judge = await openContract()
    t.regex(judge(exchange).join('\n'), fault)
  })
