import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { entryPoints } from '../../workers/build/entry-points.mjs'
import { projectFile } from '../../workers/build/project-folder.mjs'
import { buildTypes } from '../../workers/build/types.mjs'

// What `npm pack` would put into the package. `npm run test:package` installs and runs it.

interface Manifest {
  bin: Record<string, string>
  dependencies: Record<string, string>
  exports: Record<string, string | { types: string; default: string }>
}
const manifest = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as Manifest
let packed: string[]

beforeAll(async () => {
  // The tests have built the rest.
  await buildTypes()
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: projectFile('.'),
    maxBuffer: 64 * 1024 * 1024,
  })
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }]
  packed = files.map(({ path }) => path)
})

describe('the package', () => {
  it('has no tests, no source maps, and of TypeScript only declarations', () => {
    const wrong = /(^|\/)tests?\/|\.test\.|\.map$|(?<!\.d)\.[mc]?ts$/
    expect(packed.length).toBeGreaterThan(100)
    expect(packed.filter((path) => wrong.test(path))).toEqual([])
  })

  it('has every file that package.json names', () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? target : Object.values(target),
    )
    const named = [...targets, ...Object.values(manifest.bin)].map((path) => path.replace(/^\.\//, ''))
    expect(named.filter((path) => !packed.includes(path))).toEqual([])
  })

  it('exports its entry points, and no other module', () => {
    expect(manifest.exports).toEqual({
      ...Object.fromEntries(
        entryPoints.map(({ name }) => [
          `./${name}`,
          { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
        ]),
      ),
      './package.json': './package.json',
    })
  })

  it('has types that name only packages that are installed with it', () => {
    const declarations = packed.filter((path) => path.endsWith('.d.ts'))
    expect(declarations.length).toBeGreaterThan(50)
    const missing = declarations.flatMap((path) => {
      const text = readFileSync(projectFile(path), 'utf8')
      if (text.startsWith('// @ts-nocheck\n')) return []
      const named = [...text.matchAll(/(?: from |import\()['"]([^.'"][^'"]*)['"]/g)].map(
        ([, name = '']) => name,
      )
      return named.filter((name) => !(name in manifest.dependencies)).map((name) => `${path}: ${name}`)
    })
    expect(missing).toEqual([])
  })

  it('has every file that the program reads from the project', () => {
    const sources = ['schemas', 'engine', 'workers'].flatMap((folder) =>
      readdirSync(projectFile(folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|mjs)$/.test(file) && !/^(build|pages)\//.test(file))
        .map((file) => readFileSync(join(projectFile(folder), file), 'utf8')),
    )
    const read = sources.flatMap((text) =>
      [...text.matchAll(/\bprojectFile\('([^']+)'\)/g)].map(([, path]) => path),
    )
    expect(read.length).toBeGreaterThan(3)
    expect(read.filter((path = '') => !packed.includes(path))).toEqual([])
  })
})
