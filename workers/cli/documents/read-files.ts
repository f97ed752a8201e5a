import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { documentLevelsMax } from '../../../schemas/configuration/document.ts'
import { levelsOf } from '../../../schemas/parse-json.ts'
import { problem } from '../../../schemas/problem.ts'

/** An object of a file and its place there. */
export interface FileObject {
  /** `channels.yaml[0]` */
  place: string
  value: unknown
}

/** The objects of a file or a folder, and the problems with reading them. */
export interface FilesRead {
  objects: FileObject[]
  /** Each with its place. */
  problems: string[]
}

const extensions = ['.json', '.yaml', '.yml']

/**
 * Reads a JSON or YAML file, or all of a folder and the folders in it, in the order of their names; names that
 * begin with a dot are passed over. A file holds one object, a list of them, or several YAML documents.
 */
export async function readFiles(path: string): Promise<FilesRead> {
  const files = await filesOf(path)
  const read = await Promise.all(files.map(readOne))
  return {
    objects: read.flatMap(({ objects }) => objects),
    problems: read.flatMap(({ problems }) => problems),
  }
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'ENOENT' ? `there is no file ${path}` : `${path}: ${error.message}`)
  })
  if (!found.isDirectory()) {
    if (!extensions.includes(extname(path).toLowerCase()))
      throw new Error(`${path}: must be a folder or a file that ends in ${extensions.join(', ')}`)
    return [path]
  }
  const names = await readdir(path, { recursive: true })
  const files = names
    .filter((name) => !/(^|[\\/])(\.|node_modules[\\/])/.test(name))
    .filter((name) => extensions.includes(extname(name).toLowerCase()))
    .sort()
  if (files.length === 0) throw new Error(`${path}: has no file that ends in ${extensions.join(', ')}`)
  return files.map((name) => join(path, name))
}

async function readOne(file: string): Promise<FilesRead> {
  try {
    const text = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '')
    const { values, problems } =
      extname(file).toLowerCase() === '.json' ? readJson(text) : await readYaml(text)
    const objects = values.flat().map((value, i) => ({ place: `${file}[${i}]`, value }))
    if (objects.length === 0 && problems.length === 0) problems.push('is empty')
    return { objects, problems: problems.map((problem) => `${file}: ${problem}`) }
  } catch (error) {
    return { objects: [], problems: [`${file}: ${(error as Error).message}`] }
  }
}

interface Parsed {
  values: unknown[]
  problems: string[]
}

function readJson(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text)
    const levels = levelsOf(value)
    // A list of documents is a level more.
    if (levels > documentLevelsMax + 1) return { values: [], problems: [tooDeep(levels)] }
    return { values: [value], problems: [] }
  } catch (error) {
    return { values: [], problems: [`is not valid JSON: ${(error as Error).message}`] }
  }
}

function tooDeep(levels: number): string {
  return problem('too_deep', { levels, max: documentLevelsMax }).message
}

async function readYaml(text: string): Promise<Parsed> {
  // Imported only here: JSON needs no parser.
  const { parseYaml } = await import('../../import/parse-yaml.ts')
  const { documents, lines, problems } = parseYaml(text)
  // There may be nothing but comments between two `---`.
  const values = documents.map(({ value }) => value).filter((value) => value !== null)
  return {
    values,
    problems: problems.map(({ message, offset }) => {
      const { line, col } = lines.linePos(offset)
      return `${message} at line ${line}, column ${col}`
    }),
  }
}
