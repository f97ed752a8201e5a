import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Definition, Retirement } from '../../engine/machines/definitions.ts'

const extensions = /\.(ts|mts|js|mjs)$/
/** Types and tests beside a machine, and folders without machines. */
const passedOver =
  /\.d\.m?ts$|\.(test|spec)\.\w+$|(^|[\\/])(\.[^\\/]*|node_modules|tests?|__tests__)([\\/]|$)/

/**
 * Loads the machines of a folder: the default exports of its files and subfolders, made by `defineConversation` or
 * `retireConversation`; one or a list. Files without a default export are helpers; tests and folders called `test` are
 * skipped; without a folder there are none. Throws an Error that names the file.
 */
export async function loadOwnMachines(folder: string | undefined): Promise<(Definition | Retirement)[]> {
  if (folder === undefined) return []
  const found: (Definition | Retirement)[] = []
  const places = new Map<string, string>()
  const files = await filesOf(folder)
  await readTypeScript(files)
  for (const file of files) {
    const place = relative(process.cwd(), file) || file
    for (const exported of await exportedBy(file, place)) {
      found.push(exported)
      if (!('machine' in exported)) continue
      const first = places.get(exported.name)
      if (first)
        throw new Error(`${place}: ${exported.name} is in ${first} already: give one of them another version`)
      places.set(exported.name, place)
    }
  }
  if (found.length === 0)
    throw new Error(
      `${folder}: no file has a conversation as its default export, as defineConversation makes it`,
    )
  return found
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder, { recursive: true })
    return names
      .filter((name) => extensions.test(name) && !passedOver.test(name))
      .sort()
      .map((name) => resolve(join(folder, name)))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new Error(`FRONTDESK_MACHINES: there is no folder ${folder}`)
    if (code === 'ENOTDIR') throw new Error(`FRONTDESK_MACHINES: ${folder} is not a folder`)
    throw new Error(`FRONTDESK_MACHINES: ${message}`, { cause: error })
  }
}

/** Lets Node import TypeScript where one of these files is, or imports, TypeScript: Node 20 does not. */
async function readTypeScript(files: string[]): Promise<void> {
  // The sources themselves run, in a test or a tool: TypeScript can be loaded already.
  if (import.meta.url.endsWith('.ts')) return
  for (const file of files)
    if (/ts$/.test(file) || /\.m?ts['"]/.test(await readFile(file, 'utf8'))) {
      const { register } = await import('tsx/esm/api')
      // Not the tsconfig.json of the current folder.
      register({ tsconfig: false })
      return
    }
}

async function exportedBy(file: string, place: string): Promise<(Definition | Retirement)[]> {
  const { default: exported } = await load(file, place)
  if (exported === undefined) return []
  const all: unknown[] = Array.isArray(exported) ? exported : [exported]
  return all.map((value) => {
    if (isDefinition(value) || isRetirement(value)) return value
    const hint = has(value, 'transition')
      ? 'is a machine: give it to defineConversation'
      : 'is not a conversation'
    throw new Error(`${place}: its default export ${hint}, whose result is what has to be exported`)
  })
}

async function load(file: string, place: string): Promise<{ default?: unknown }> {
  if (!(await isModule(file)))
    throw new Error(
      `${place}: is not an ES module for Node: put {"type": "module"} into a package.json beside it`,
    )
  try {
    return (await import(pathToFileURL(file).href)) as { default?: unknown }
  } catch (error) {
    throw new Error(`${place}: ${(error as Error)?.message ?? error}`, { cause: error })
  }
}

/** Node's rule: by the name, else by the nearest package.json. */
async function isModule(file: string): Promise<boolean> {
  if (/\.m[tj]s$/.test(file)) return true
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
    if (manifest !== undefined) return (JSON.parse(manifest) as { type?: string }).type === 'module'
    if (folder === dirname(folder)) return false
  }
}

// Checks the shape, not the class: the folder may have its own copy of frontdesk.
function isDefinition(value: unknown): value is Definition {
  return has(value, 'name') && has(value, 'machine') && has(value, 'migrations')
}

function isRetirement(value: unknown): value is Retirement {
  return has(value, 'id') && has(value, 'retired')
}

function has(value: unknown, field: string): boolean {
  return typeof value === 'object' && value !== null && field in value
}
