import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { variablesOf } from '../../workers/settings/settings.ts'

/*
 * The chart, held against the code and against itself. Only Helm can render it: `npm run test:containers` does so where
 * there is one.
 */

const root = fileURLToPath(new URL('../../', import.meta.url))
const chart = `${root}workers/deploy/helm`
const read = (file: string) => readFileSync(`${chart}/${file}`, 'utf8')
const templates = readdirSync(`${chart}/templates`)
  .map((file) => read(`templates/${file}`))
  .join('\n')
const values = parse(read('values.yaml')) as Record<string, unknown>

const roles = ['engine', 'notifier', 'caller', 'mailer', 'gateway'] as const

type Schema = { type?: string; properties?: Record<string, Schema>; additionalProperties?: unknown }

/** The keys of objects, `gateway.service.port`; one without keys of its own, such as `settings`, ends a path. */
function pathsOf(value: unknown, path = ''): string[] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isObject || Object.keys(value).length === 0) return [path]
  return Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, path ? `${path}.${key}` : key))
}

function schemaAt(path: string): Schema | undefined {
  const schema = JSON.parse(read('values.schema.json')) as Schema
  return path.split('.').reduce<Schema | undefined>((found, key) => found?.properties?.[key], schema)
}

describe('the chart', () => {
  it('has the version of the package', () => {
    const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }
    expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version })
  })

  it('has a default for each value that a template reads', () => {
    const used = [...templates.matchAll(/\.Values\.([\w.]*\w)/g)].map(([, path = '']) => path)
    expect(used.length).toBeGreaterThan(10)
    const known = pathsOf(values)
    expect(
      used.filter((path) => !known.some((each) => each === path || each.startsWith(`${path}.`))),
    ).toEqual([])
    for (const role of roles)
      for (const [, key = ''] of templates.matchAll(/\$worker\.(\w+)/g))
        if (key !== 'inbound') expect(Object.keys(values[role] as object)).toContain(key)
  })

  it('has a schema for each of them, which refuses others', () => {
    const inner = ['resources', 'podAnnotations', 'nodeSelector', 'affinity', 'strategy']
    const paths = pathsOf(values).map((path) =>
      path.split('.').slice(0, inner.includes(path.split('.')[1] ?? '') ? 2 : 9),
    )
    expect(paths.filter((path) => schemaAt(path.join('.')) === undefined)).toEqual([])
    for (const path of ['image', 'secrets', 'gateway.service', 'gateway.ingress', ...roles])
      expect([path, schemaAt(path)?.additionalProperties]).toEqual([path, false])
  })

  it('names only settings that there are', () => {
    const named = [...`${templates}${read('values.yaml')}`.matchAll(/\b(?:FRONTDESK_|NATS_URL|AWS_)[A-Z_]*/g)]
    const all = variablesOf.all.map(({ name }) => name)
    expect(new Set(named.map(([name]) => name).filter((name) => !all.includes(name)))).toEqual(new Set())
  })

  it.each(roles)('passes %s each secret that it reads, and no other', (role) => {
    const variables: readonly { name: string; isSecret?: true }[] = variablesOf[role]
    // The gateway's NATS_URL is that of the role of customers.
    const secret = variables.filter(
      ({ name, isSecret }) => isSecret && !(role === 'gateway' && name === 'NATS_URL'),
    )
    const passed = [...branchOf('needed', role), ...branchOf('optional', role)]
    expect(passed.sort()).toEqual(secret.map(({ name }) => name).sort())
  })
})

/** The words that a helper of `_helpers.tpl` has for a worker: a branch each, the last one for all others. */
function branchOf(helper: string, role: string): string[] {
  const body =
    new RegExp(`define "frontdesk.${helper}" -}}\n([\\s\\S]*?)\n{{- end -}}\n`).exec(templates)?.[1] ?? ''
  const branches = [...body.matchAll(/{{- (?:else )?if eq \. "(\w+)" -}}\n(.*)/g)]
  const found = branches.find(([, name]) => name === role)?.[2] ?? /{{- else -}}\n(.*)/.exec(body)?.[1] ?? ''
  return found.split(' ').filter(Boolean)
}
