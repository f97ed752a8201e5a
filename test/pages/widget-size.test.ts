import { expect, test } from 'vitest'
import { buildPages } from '../../workers/gateway/http/pages.ts'

test('the widget has less than 15 kB, compressed', async () => {
  const widget = (await buildPages()).get('/widget.js')
  expect(widget?.bodies.gzip.length).toBeGreaterThan(0)
  expect(widget?.bodies.gzip.length).toBeLessThan(15_000)
})
