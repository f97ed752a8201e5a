import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { measureProcess } from '../../workers/cli/run/start-monitoring.ts'
import '../../workers/monitoring/engine-metrics.ts'
import { registry } from '../../workers/monitoring/metrics.ts'

const readme = readFileSync(new URL('../../workers/monitoring/README.md', import.meta.url), 'utf8')

/** The rows of the README's tables of metrics: the name, and the names of its labels. */
function documented(): Map<string, string[]> {
  const rows = [...readme.matchAll(/^\| `(frontdesk_\w+)` \| ([^|]*) \| ([^|]+) \|$/gm)]
  return new Map(
    rows.map(([, name = '', labels = '']) => [name, [...labels.matchAll(/`(\w+)`/g)].map(([, l = '']) => l)]),
  )
}

function registered(): Map<string, string[]> {
  if (!registry.getSingleMetric('frontdesk_build_info')) measureProcess()
  return new Map(
    registry.getMetricsAsArray().map((metric) => {
      const { name, labelNames = [] } = metric as unknown as { name: string; labelNames?: string[] }
      return [name, labelNames]
    }),
  )
}

const sorted = (metrics: Map<string, string[]>) =>
  [...metrics].map(([name, labels]) => [name, [...labels].sort()]).sort()

test('the README lists every metric with its labels, and no other', () => {
  const found = registered()
  expect(found.size).toBeGreaterThan(40)
  expect(sorted(documented())).toEqual(sorted(found))
  for (const name of found.keys()) expect(name).toMatch(/^frontdesk_[a-z0-9_]+$/)
})
