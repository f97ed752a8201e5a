import { expect, test } from 'vitest'
import { checkDocument } from '../../engine/core/read-document.ts'

const codes = (fields: object) => {
  const checked = checkDocument('channel', { id: 'web', ...fields })
  return checked.ok ? [] : checked.error.problems.map(({ path, code }) => `${path.join('.')} ${code}`)
}

test.each([
  [['https://shop.example'], []],
  [['http://localhost:3000', 'https://shop.example:8443'], []],
  [['https://shop.example/'], ['origins.0 not_an_origin']],
  [['https://shop.example/path'], ['origins.0 not_an_origin']],
  [['https://Shop.example'], ['origins.0 not_an_origin']],
  [['https://shop.example:443'], ['origins.0 not_an_origin']],
  [['https://*.shop.example'], ['origins.0 not_an_origin']],
  [['https://user@shop.example'], ['origins.0 not_an_origin']],
  [['shop.example', 'null', '*'], ['0', '1', '2'].map((n) => `origins.${n} not_an_origin`)],
  [Array.from({ length: 51 }, (_, n) => `https://${n}.example`), ['origins too_many']],
])('origins are exact: %j', (origins, expected) => {
  expect(codes({ origins })).toEqual(expected)
})

test.each([
  [{}, []],
  [{ accent: '#7A1fa2', logo: 'https://shop.example/logo.svg', title: 'Acme', side: 'left' }, []],
  [{ accent: 'red' }, ['look.accent not_a_colour']],
  [{ accent: '#fff' }, ['look.accent not_a_colour']],
  [{ accent: '#7a1fa2;}*{}' }, ['look.accent not_a_colour']],
  [{ logo: 'http://shop.example/logo.svg' }, ['look.logo not_an_image_url']],
  [{ logo: 'javascript:alert(1)' }, ['look.logo not_an_image_url']],
  [{ side: 'top' }, ['look.side not_one_of']],
  [{ colour: '#7a1fa2' }, ['look.colour unknown_field']],
])('a look is checked: %j', (look, expected) => {
  expect(codes({ look })).toEqual(expected)
})
