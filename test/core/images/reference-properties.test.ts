import test from 'ava'
import { parseReference, printReference } from '../../../src/core/images/reference.ts'
import { anyReference, pick, randomFrom } from './random.ts'

test('what is printed of a reference parses to the same, and prints the same, for 5,000 made-up ones', (t) => {
  const random = randomFrom(1)
  for (let count = 0; count < 5000; count += 1) {
    const text = anyReference(random)
    const reference = parseReference(text)
    if ('malformed' in reference) return t.fail(`${text}: ${reference.malformed}`)
    const printed = printReference(reference)
    t.deepEqual(parseReference(printed), reference)
    t.true(printed.endsWith(text.replace(/^docker\.io\//, '')), `${text} ${printed}`)
  }
})

test('any string is parsed or refused, and what is parsed prints to something that parses to the same', (t) => {
  const random = randomFrom(2)
  const signs = [...'abcXYZ019._-/:@[]'.split(''), 'docker.io/', 'sha256:', ' ', '\n', '%', 'é', '\u0000']
  for (let count = 0; count < 20_000; count += 1) {
    const text = Array.from({ length: Math.floor(random() * 12) }, () => pick(random, signs)).join('')
    const reference = parseReference(text)
    if (!('malformed' in reference)) t.deepEqual(parseReference(printReference(reference)), reference, text)
  }
})
