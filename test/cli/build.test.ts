import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectFile } from '../../workers/build/project-folder.mjs'
import { frontdesk } from './frontdesk.ts'

// In a copy of the project, which the other tests do not run.
let folder: string
let bin: string
let version: string
const nobody = 65_534

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frontdesk-build-'))
  for (const part of ['schemas', 'engine', 'workers', 'package.json', 'package-lock.json'])
    await cp(projectFile(part), join(folder, part), { recursive: true })
  await symlink(projectFile('node_modules'), join(folder, 'node_modules'))
  bin = join(folder, 'workers/cli/frontdesk.mjs')
  version = `${JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).version}\n`
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const builtAt = async () => (await stat(join(folder, 'dist/build.json'))).mtimeMs

/** Changes a command's help, by as many characters. */
async function edit(from: string, to: string) {
  const file = join(folder, 'workers/cli/commands.ts')
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to))
}

test('two programs that start at once without a build both build, and both run', async () => {
  const both = await Promise.all([frontdesk(['--version'], { bin }), frontdesk(['--version'], { bin })])
  for (const { code, stdout } of both) expect({ code, stdout }).toEqual({ code: 0, stdout: version })
  expect((await readdir(join(folder, 'dist'))).filter((file) => file.endsWith('.tmp'))).toEqual([])
})

test('a build is used again until a source changes', async () => {
  const first = await builtAt()
  await frontdesk(['--version'], { bin })
  expect(await builtAt()).toBe(first)
  await edit('run everything on this machine', 'RUN everything on this machine')
  expect((await frontdesk(['--help'], { bin })).stdout).toContain('RUN everything on this machine')
  expect(await builtAt()).toBeGreaterThan(first)
})

test('a source that does not compile fails with its place, and the build from before stays', async () => {
  const before = await builtAt()
  const broken = join(folder, 'engine/broken.ts')
  await writeFile(broken, 'export const = 1')
  await edit('import', "import '../../engine/broken.ts'\nimport")
  const { code, stdout, stderr } = await frontdesk(['--version'], { bin })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^frontdesk: Build failed with 1 error:\nengine\/broken\.ts:1:13: ERROR: /m)
  expect(await builtAt()).toBe(before)
  await edit("import '../../engine/broken.ts'\n", '')
  await rm(broken)
})

test('a read-only folder runs a build of the same sources, and only that', async () => {
  await frontdesk(['--version'], { bin })
  // Root may write anywhere.
  const readOnly = { bin, ...(process.getuid?.() === 0 && { uid: nobody }) }
  const dist = join(folder, 'dist')
  for (const each of [folder, dist]) await chmod(each, 0o555)
  // As copying does: another time, the same files.
  await utimes(join(folder, 'engine/apply.ts'), new Date(), new Date(Date.now() + 1_000))
  expect(await frontdesk(['--version'], readOnly)).toEqual({ code: 0, stdout: version, stderr: '' })
  await writeFile(join(folder, 'engine/new.ts'), '')
  expect((await frontdesk(['--version'], readOnly)).stderr).toMatch(
    /^frontdesk: \S+\/dist\/ is older than the sources and cannot be written: run `npm run build` as the owner of the folder\n$/,
  )
  await chmod(folder, 0o755)
  await chmod(dist, 0o755)
  await rm(dist, { recursive: true })
  await chmod(folder, 0o555)
  const { code, stderr } = await frontdesk(['--version'], readOnly)
  await chmod(folder, 0o755)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^frontdesk: \S+\/dist\/ is missing and cannot be written: /)
})
