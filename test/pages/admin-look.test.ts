import { expect, test } from 'vitest'
import { contrastOf, textOn } from '../../workers/pages/admin/channels/look/contrast.ts'
import { originIn, shownLook } from '../../workers/pages/admin/channels/look/values.ts'

test('the text on any accent has a contrast of 4.5 at least', () => {
  for (let red = 0; red < 256; red += 15)
    for (let green = 0; green < 256; green += 15)
      for (let blue = 0; blue < 256; blue += 15) {
        const accent = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
        expect(textOn(accent).contrast).toBeGreaterThan(4.5)
      }
  expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21)
  // As https://webaim.org/resources/contrastchecker has them.
  expect(contrastOf('#ffd500', '#ffffff')).toBeCloseTo(1.42, 1)
  expect(textOn('#0f6f68').text).toBe('white')
})

test('what is not valid yet is not shown', () => {
  expect(shownLook({ accent: '#7a1f', logo: 'https:', title: 'A', side: 'left' })).toEqual({
    title: 'A',
    side: 'left',
  })
})

test.each([
  ['https://Shop.example/cart?a=1', 'https://shop.example'],
  [' https://shop.example:443/ ', 'https://shop.example'],
  ['shop.example', 'shop.example'],
  ['https://*.shop.example', 'https://*.shop.example'],
])('%s is the origin %s', (line, origin) => {
  expect(originIn(line)).toBe(origin)
})
