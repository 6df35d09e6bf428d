import test from 'ava'
import { decryptLeaf, encryptLeaf, placeOf } from '../../../src/core/sops/cipher.ts'

const key = Buffer.alloc(32, 7)
const leaf = { type: 'str', bytes: Buffer.from('hidden') } as const
const place = placeOf(['map', 'list'])
const sealed = encryptLeaf(leaf, key, place, Buffer.alloc(32, 1))

test('what was encrypted for a place is decrypted there and nowhere else', (t) => {
  t.is(place, 'map:list:')
  t.deepEqual(decryptLeaf(sealed, key, place), { type: 'str', bytes: Buffer.from('hidden') })
  const altered = 'was altered, or encrypted with another key or for another place'
  t.is(decryptLeaf(sealed, key, 'map:'), altered)
  t.is(decryptLeaf(sealed, Buffer.alloc(32, 8), place), altered)
})

test('empty text has no ciphertext', (t) => {
  t.is(encryptLeaf({ type: 'str', bytes: Buffer.of() }, key, place, Buffer.alloc(32)), '')
  t.deepEqual(decryptLeaf('', key, place), { type: 'str', bytes: new Uint8Array() })
})

const form = 'is not in the form of sops (ENC[AES256_GCM,…]), or cut off'
const refused: [title: string, text: string, why: string][] = [
  ['plain text', 'hidden', form],
  ['a text that is cut off', sealed.slice(0, -1), form],
  ['something behind it', `${sealed} `, form],
  ['base64 with bits to spare', sealed.replace(/data:(.*?)(.)==?,/, 'data:$1$2,'), form],
  ['no data', sealed.replace(/data:[^,]+/, 'data:'), form],
  ['no tag', sealed.replace(/,tag:[^,]+/, ''), form],
  ['a short tag', sealed.replace(/tag:[^,]+/, `tag:${Buffer.alloc(12).toString('base64')}`), form],
  ['another cipher', sealed.replace('AES256_GCM', 'AES256_CBC'), form],
  ['an unknown type', sealed.replace('type:str', 'type:toString'), 'is of a type that sops does not know'],
  [
    'a type that it is not of',
    sealed.replace('type:str', 'type:float'),
    'is not of the type that it claims to be',
  ],
]
for (const [title, text, why] of refused)
  test(`${title} is not decrypted, and the reason does not show it`, (t) => {
    t.not(text, sealed)
    t.is(decryptLeaf(text, key, place), why as typeof form)
  })
