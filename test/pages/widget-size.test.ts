import { expect, test } from 'vitest'
import { readPages } from '../../workers/gateway/http/pages.ts'

test('the widget has less than 15 kB, compressed', async () => {
  const widget = (await readPages()).find(({ path }) => path === '/widget.js')
  expect(widget?.bodies.gzip.length).toBeGreaterThan(0)
  expect(widget?.bodies.gzip.length).toBeLessThan(15_000)
})
