import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { measureProcess } from '../../workers/cli/run/start-monitoring.ts'
import '../../workers/monitoring/engine-metrics.ts'
import { registry } from '../../workers/monitoring/metrics.ts'

const folder = new URL('../../workers/deploy/monitoring/', import.meta.url)
const readme = readFileSync(new URL('../../workers/monitoring/README.md', import.meta.url), 'utf8')
const alerts = readFileSync(new URL('alerts.yml', folder), 'utf8')
const dashboard = readFileSync(new URL('dashboard.json', folder), 'utf8')
const runbook = readFileSync(new URL('README.md', folder), 'utf8')
const promtool = process.env.PROMTOOL || 'promtool'
const hasPromtool = spawnSync(promtool, ['--version']).status === 0

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

/** The names that an expression may use: of a histogram, those of its series. */
function seriesNames(): Set<string> {
  registered()
  return new Set(
    registry.getMetricsAsArray().flatMap((metric) => {
      const { name } = metric as unknown as { name: string }
      const isHistogram = metric.constructor.name === 'Histogram'
      return isHistogram ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name]
    }),
  )
}

interface Rule {
  alert: string
  expr: string
  annotations: { runbook: string }
}

const rules = (parse(alerts) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules)

test('each metric in the alerts, their runbook and the dashboard exists', () => {
  const known = seriesNames()
  const metrics = new Set(registered().keys())
  const exprs = [...dashboard.matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(([, expr = '']) => expr)
  expect(exprs.length).toBeGreaterThan(20)
  for (const expr of [...exprs, ...rules.map((rule) => rule.expr)]) {
    const names = expr.match(/\bfrontdesk_\w+/g) ?? []
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !known.has(name))).toEqual([])
  }
  const inRunbook = runbook.match(/\bfrontdesk_\w+/g) ?? []
  expect(inRunbook.filter((name) => !metrics.has(name))).toEqual([])
})

test('each alert has its section in the runbook, and no other is there', () => {
  const headings = [...runbook.matchAll(/^### (\w+)$/gm)].map(([, name]) => name)
  expect(headings).toEqual(rules.map(({ alert }) => alert))
  for (const { alert, annotations } of rules)
    expect(annotations.runbook).toBe(`workers/deploy/monitoring/README.md#${alert.toLowerCase()}`)
})

test.skipIf(!hasPromtool)('promtool accepts the rules, their tests and the example', () => {
  for (const args of [
    ['check', 'rules', 'alerts.yml'],
    ['test', 'rules', 'alerts.test.yml'],
    ['check', 'config', 'prometheus.yml'],
  ]) {
    const { status, stdout, stderr } = spawnSync(promtool, args, { cwd: fileURLToPath(folder) })
    expect(`${status} ${stdout} ${stderr}`).toMatch(/^0 /)
  }
})
