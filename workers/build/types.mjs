// @ts-check
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { distFolder } from './dist.mjs'
import { entryPoints, toDist } from './entry-points.mjs'
import { projectFile } from './project-folder.mjs'

const types = join(distFolder, 'types')

/**
 * Writes the types of the package's entry points into `dist`: a declaration for each source module that they reach,
 * and one for each entry point. Throws where a source has errors of types, with the compiler's words.
 */
export async function buildTypes() {
  rmSync(types, { recursive: true, force: true })
  mkdirSync(types, { recursive: true })
  await declareModules()
  leaveOutNats()
  declareXstate()
  for (const { name, sources } of entryPoints) {
    const file = join(distFolder, `${name}.d.ts`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, sources.map((source) => `export * from '${toDist(name)}types/${source}'\n`).join(''))
  }
}

async function declareModules() {
  const config = join(types, 'tsconfig.json')
  writeFileSync(
    config,
    JSON.stringify({
      extends: projectFile('tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: projectFile('.'),
        outDir: '.',
        typeRoots: [projectFile('node_modules/@types')],
      },
      include: [],
      files: entryPoints.flatMap(({ sources }) => sources.map(projectFile)),
    }),
  )
  try {
    await promisify(execFile)(process.execPath, [
      projectFile('node_modules/typescript/bin/tsc'),
      '-p',
      config,
    ])
  } catch (error) {
    const { stdout } = /** @type {{ stdout?: string }} */ (error)
    throw new Error(`the package's types cannot be built:\n${stdout || error}`, { cause: error })
  } finally {
    rmSync(config)
  }
}

/** Leaves out NATS's types, which are not installed with the package: only internals have them, as `any`. */
function leaveOutNats() {
  for (const file of declarationsIn(types))
    edit(file, (text) => (/ from '@nats-io\//.test(text) ? `// @ts-nocheck\n${text}` : text))
}

/**
 * Lets the declarations use a copy of XState's that is not checked: XState's own have errors in projects with
 * `exactOptionalPropertyTypes` and without `skipLibCheck`.
 */
function declareXstate() {
  const ours = declarationsIn(types)
  const copy = join(types, 'xstate')
  cpSync(projectFile('node_modules/xstate/dist/declarations/src'), copy, { recursive: true })
  cpSync(projectFile('node_modules/xstate/LICENSE'), join(copy, 'LICENSE'))
  for (const file of declarationsIn(copy)) edit(file, (text) => `// @ts-nocheck\n${text}`)
  for (const file of ours) {
    const path = relative(dirname(file), join(copy, 'index.js')).replaceAll('\\', '/')
    edit(file, (text) => text.replace(/(from |import\()(['"])xstate\2/g, `$1'${path}'`))
  }
}

/** @param {string} folder */
function declarationsIn(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.d.ts')).map((file) => join(folder, file))
}

/** @param {string} file @param {(text: string) => string} change */
function edit(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}
