import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Source {
  /** From the project's folder. */
  path: string
  /** Its code, without comments, strings and regular expressions that could mention anything. */
  code: string
  imports: { from: string; isType: boolean }[]
}

const sources = ['schemas', 'engine', 'workers'].flatMap((folder) => sourcesIn(folder))
const decisions = sources.filter(({ path }) =>
  /^(schemas|engine\/texts|engine\/core|engine\/machines)\//.test(path),
)

function sourcesIn(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => read(join(folder, file)))
}

function read(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8')
  const imports = [...text.matchAll(/^(import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'/gm)].map(
    ([, , type, from = '']) => ({
      from: from.startsWith('.') ? relative(root, join(root, dirname(path), from)) : from,
      isType: type !== undefined,
    }),
  )
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/\/\/.*$/gm, '')
  return { path, code, imports }
}

describe('decisions are pure', () => {
  it('there are some to look at', () => {
    expect(decisions.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['engine/core/decide.ts', 'engine/machines/messaging-response.ts']),
    )
    expect(decisions.every(({ code }) => code.length > 0)).toBe(true)
  })

  it.each([
    ['the clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\b|\bhrtime\b|\.now\(\)/],
    ['chance', /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b|\bnanoid\b/],
    ['a timer', /\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bnextTick\b/],
    ['anything later', /\basync\b|\bawait\b|\bPromise\b|\.then\(/],
    ['the process', /\bprocess\b|\bglobalThis\b|\brequire\(|\bimport\(/],
    ['the network', /\bfetch\(|\bWebSocket\b/],
    ['the console', /\bconsole\b/],
    [
      'the machine’s own zone or language',
      /\.toLocale(Date|Time)String\(|DateTime\.(local|utc)\(\)|\bgetHours\b|\bgetTimezoneOffset\b/,
    ],
  ])('they do not ask for %s', (_, asking) => {
    expect(decisions.filter(({ code }) => asking.test(code)).map(({ path }) => path)).toEqual([])
  })

  it('they import nothing that could do something', () => {
    const allowed = new Set(['zod', 'xstate', 'luxon', 'node:crypto'])
    const others = decisions.flatMap(({ path, imports }) =>
      imports
        .filter(({ from }) => !allowed.has(from) && !/^(schemas|engine)\//.test(from))
        .map(({ from }) => `${path} imports ${from}`),
    )
    expect(others).toEqual([])
  })

  it('of node:crypto they take hashes only', () => {
    const taken = decisions.flatMap(({ path }) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/import \{([^}]*)\} from 'node:crypto'/g)].map(
        ([, names]) => names?.trim(),
      ),
    )
    for (const name of taken) expect(['hash', 'createHash']).toContain(name)
  })
})

describe('layers', () => {
  /** What each folder may import: itself, and what stands before it. */
  const layers: [folder: RegExp, mayImport: RegExp][] = [
    [/^schemas\//, /^schemas\//],
    [/^engine\/texts\//, /^(schemas|engine\/texts)\//],
    [/^engine\/machines\//, /^(schemas|engine\/texts|engine\/machines)\//],
    [/^engine\/core\//, /^(schemas|engine\/texts|engine\/machines|engine\/core)\//],
    [/^engine\/[^/]+$/, /^(schemas|engine\/texts|engine\/machines|engine\/core)\/|^engine\/[^/]+$/],
    [/^engine\/nats\//, /^(schemas|engine)\//],
    // They run in a browser; a drawing looks the same there as in a file of its own.
    [/^workers\/pages\//, /^(schemas|workers\/pages)\/|^workers\/diagram\/.*\.css$/],
    [/^workers\//, /^(schemas|engine|workers)\//],
  ]

  it('imports go one direction', () => {
    const wrong = sources.flatMap(({ path, imports }) => {
      const mayImport = layers.find(([folder]) => folder.test(path))?.[1]
      if (!mayImport) return [`${path} is in no layer`]
      return imports
        .filter(({ from }) => /^(schemas|engine|workers|test)\//.test(from) && !mayImport.test(from))
        .map(({ from }) => `${path} imports ${from}`)
    })
    expect(wrong).toEqual([])
  })

  it('only engine/nats names @nats-io', () => {
    const naming = sources.filter(({ imports }) => imports.some(({ from }) => from.startsWith('@nats-io/')))
    expect(naming.length).toBeGreaterThan(0)
    expect(naming.map(({ path }) => path).filter((path) => !path.startsWith('engine/nats/'))).toEqual([])
  })

  it('nothing outside the tests imports them', () => {
    expect(sources.filter(({ imports }) => imports.some(({ from }) => from.startsWith('test/')))).toEqual([])
  })
})
