import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'

/*
 * The structure that README.md and engine/README.md promise, held against the code. The map in README.md is the
 * only source of what rooms there are, what each may import and which are pure: change it there.
 */

const root = fileURLToPath(new URL('..', import.meta.url))

/** A row of the map: a folder with all below it that has no row of its own. */
interface Room {
  folder: string
  isPure: boolean
  /** The folders of the other rooms that it may import, and packages: `zod`, `@nats-io/*`. */
  mayImport: string[]
}

interface Source {
  /** From the project's folder. */
  path: string
  text: string
  /** The text without comments and strings, which could mention anything. */
  code: string
  /** Paths from the project's folder, or names of packages. */
  imports: string[]
  room: Room | undefined
}

const rooms = readMap(readFileSync(join(root, 'README.md'), 'utf8'))
const sources = ['schemas', 'engine', 'workers'].flatMap(readFolder)

/** Reads the rows of the table under "## The map": room, what it holds, what it may import. */
function readMap(readme: string): Room[] {
  const [, section = ''] = readme.split('\n## The map\n')
  const rows = section.split('\n## ')[0]?.match(/^\| \[.*$/gm) ?? []
  const above: string[] = []
  return rows.map((row) => {
    const [, first = '', holds = '', mayImport = ''] = row.split('|').map((cell) => cell.trim())
    const folder = /\]\(([^)]+)\)/.exec(first)?.[1] ?? ''
    const named = [...mayImport.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
    const room = {
      folder,
      isPure: /\bpure\b/i.test(holds),
      mayImport: mayImport === 'all above' ? [...above] : named,
    }
    above.push(folder)
    return room
  })
}

function readFolder(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => readSource(join(folder, file)))
}

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8')
  const named = /(?:^(?:import|export)\s[^'";]*?from\s+|^import\s+|\bimport\()'([^']+)'/gm
  const imports = [...text.matchAll(named)].map(([, name = '']) =>
    name.startsWith('.') ? relative(root, join(root, dirname(path), name)) : name,
  )
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/\/\/.*$/gm, '')
  return { path, text, code, imports, room: roomOf(path) }
}

/** The room of a file is the longest folder of the map that it lies in. */
function roomOf(path: string): Room | undefined {
  return rooms
    .filter(({ folder }) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0]
}

const isOurs = (imported: string) => /^(schemas|engine|workers|test)\//.test(imported)

describe('the map', () => {
  it('has a room for every source file, and no room that is empty', () => {
    expect(rooms.length).toBeGreaterThan(10)
    expect(sources.filter(({ room }) => !room).map(({ path }) => path)).toEqual([])
    const used = new Set(sources.map(({ room }) => room))
    expect(
      rooms.filter((room) => !used.has(room) && room.folder !== 'test').map(({ folder }) => folder),
    ).toEqual([])
  })

  it('names only rooms that are above, so imports have one direction', () => {
    const wrong = rooms.flatMap(({ folder, mayImport }, n) =>
      mayImport
        .filter(isOursOrRoom)
        .filter((name) => !rooms.slice(0, n).some((room) => room.folder === name))
        .map((name) => `${folder} may import ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('says what each room imports of the others', () => {
    const wrong = sources.flatMap(({ path, imports, room }) =>
      imports
        .filter(isOurs)
        .map((imported) => [imported, roomOf(imported)] as const)
        .filter(([, other]) => other !== room && !room?.mayImport.includes(other?.folder ?? 'test'))
        .map(([imported]) => `${path} imports ${imported}`),
    )
    expect(wrong).toEqual([])
  })

  it('says which rooms may name the NATS client', () => {
    const naming = sources.filter(({ imports }) => imports.some((name) => name.startsWith('@nats-io/')))
    expect(naming.length).toBeGreaterThan(0)
    expect(
      naming.filter(({ room }) => !room?.mayImport.includes('@nats-io/*')).map(({ path }) => path),
    ).toEqual([])
  })
})

function isOursOrRoom(name: string): boolean {
  return isOurs(`${name}/`)
}

describe('the front door of the engine', () => {
  it('has every module that workers import, and no other', () => {
    const imported = new Set(
      sources
        .filter(({ path }) => path.startsWith('workers/'))
        .flatMap(({ imports }) => imports.filter((name) => name.startsWith('engine/'))),
    )
    expect(readFrontDoor(readFileSync(join(root, 'engine/README.md'), 'utf8'))).toEqual([...imported].sort())
  })
})

/** Reads the rows of the table under "## The front door": a folder, and modules in it. */
function readFrontDoor(readme: string): string[] {
  const [, section = ''] = readme.split('\n## The front door\n')
  const rows = section.split('\n## ')[0]?.match(/^\| `.*$/gm) ?? []
  return rows
    .flatMap((row) => {
      const [folder, ...modules] = [...row.matchAll(/`([^`]+)`/g)].map(([, name]) => name)
      return modules.map((module) => `${folder}/${module}.ts`)
    })
    .sort()
}

describe('decisions are pure', () => {
  const decisions = sources.filter(({ room }) => room?.isPure)

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
    ['the process', /\bprocess\b(?!\.versions\.tz)|\bglobalThis\b|\brequire\(|\bimport\(/],
    ['the network', /\bfetch\(|\bWebSocket\b/],
    ['the console', /\bconsole\b/],
    [
      'the machine’s own zone or language',
      /\.toLocale(Date|Time)String\(|DateTime\.(local|utc)\(\)|\bgetHours\b|\bgetTimezoneOffset\b/,
    ],
  ])('they do not ask for %s', (_, asking) => {
    expect(decisions.filter(({ code }) => asking.test(code)).map(({ path }) => path)).toEqual([])
  })

  it('they import only the packages that the map names', () => {
    const others = decisions.flatMap(({ path, imports, room }) =>
      imports
        .filter((name) => !isOurs(name) && !room?.mayImport.includes(name))
        .map((name) => `${path} imports ${name}`),
    )
    expect(others).toEqual([])
  })

  it('of node:crypto they use hashes only', () => {
    const names = decisions.flatMap(({ text }) =>
      [...text.matchAll(/import \{([^}]*)\} from 'node:crypto'/g)].map(([, list]) => list?.trim()),
    )
    for (const name of names) expect(['hash', 'createHash']).toContain(name)
  })
})

describe('inside a room', () => {
  it('has no circle of folders inside a room', () => {
    for (const room of rooms) expect(circleIn(sources.filter((source) => source.room === room))).toEqual([])
  })
})

/** The folder of a file; a page with the folders of its parts is one. */
function unitOf(path: string): string {
  return /^workers\/pages\/\w+/.exec(path)?.[0] ?? dirname(path)
}

/** The folders of a circle, where there is one: what is left when folders that import none of the rest are taken away. */
function circleIn(files: Source[]): string[] {
  const folders = new Map<string, Set<string>>()
  const inside = new Set(files.map(({ path }) => unitOf(path)))
  for (const { path, imports } of files) {
    const folder = unitOf(path)
    const imported = imports.filter(isOurs).map(unitOf)
    const others = folders.get(folder) ?? new Set()
    for (const name of imported) if (name !== folder && inside.has(name)) others.add(name)
    folders.set(folder, others)
  }
  for (;;) {
    const leaf = [...folders].find(([, others]) => [...others].every((name) => !folders.has(name)))
    if (!leaf) return [...folders.keys()].sort()
    folders.delete(leaf[0])
  }
}

/** The names of a file that declares `export interface X`, `export type X =` or `export class X`. */
function exportedTypes({ text }: Source): string[] {
  return [...text.matchAll(/^export (?:abstract )?(?:interface|type|class) ([A-Z]\w*)/gm)].map(
    ([, name = '']) => name,
  )
}

test('an exported type name means one thing in the whole tree', () => {
  const places = new Map<string, string[]>()
  for (const source of sources)
    for (const name of exportedTypes(source)) places.set(name, [...(places.get(name) ?? []), source.path])
  expect([...places].filter(([, paths]) => paths.length > 1)).toEqual([])
})

describe('files and folders', () => {
  it('no source file has more than 400 lines', () => {
    const long = sizes(/\.(ts|mjs|css|html|sh)$/).filter(({ lines }) => lines > 400)
    expect(long).toEqual([])
  })

  it('no folder has more than 15 files beside each other', () => {
    const counts = new Map<string, number>()
    for (const { path } of sizes(/./)) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
    expect([...counts].filter(([, count]) => count > 15)).toEqual([])
  })

  it('no file of at most 20 lines has a single importer, tests included', () => {
    const importers = new Map<string, Set<string>>()
    for (const { path, imports } of [...sources, ...readFolder('test')])
      for (const name of imports) importers.set(name, (importers.get(name) ?? new Set()).add(path))
    const small = sources.filter(
      ({ path, text }) => text.split('\n').length - 1 <= 20 && importers.get(path)?.size === 1,
    )
    expect(small.map(({ path }) => path)).toEqual([])
  })
})

function sizes(name: RegExp): { path: string; lines: number }[] {
  return ['schemas', 'engine', 'workers']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && name.test(entry.name))
        .map((entry) => relative(root, join(entry.parentPath, entry.name))),
    )
    .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }))
}

test('no comment begins with a word that hides its subject', () => {
  const headless =
    /^\s*(?:\/\/|\/\*\*?|\*) (What|Whoever|Who|Where|Of|By|Behind|Between|So (?:many|far|long|much|few|deep|large)) /
  const found = sources.flatMap(({ path, text }) => {
    const lines = text.split('\n')
    return lines
      .filter((line, n) => headless.test(line) && !/^\s*(\/\/|\*) .*[a-z,;(]$/.test(lines[n - 1] ?? ''))
      .map((line) => `${path}: ${line.trim()}`)
  })
  expect(found).toEqual([])
})
