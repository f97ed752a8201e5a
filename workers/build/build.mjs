// @ts-check
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { buildPages } from './build-pages.mjs'
import { distFolder } from './dist.mjs'
import { projectFile } from './project-folder.mjs'
import { currentSources } from './sources.mjs'

/** Files of earlier builds stay for the programs that still run them. */
const keptMs = 7 * 24 * 3_600_000

/**
 * Bundles the command line and the pages into `dist`. Throws where a source does not compile, with esbuild's words.
 *
 * @returns {Promise<import('./dist.mjs').Build>}
 */
export async function build() {
  // Read before the build: a change that is made meanwhile makes it outdated.
  const sources = currentSources()
  const [program, pages] = await Promise.all([buildProgram(), buildPages()])
  await esbuild.stop()
  const files = new Map([...program.files, ...pages.files])
  for (const [file, content] of files) write(file, content)
  const built = { sources, program: program.main, botWorker: program.botWorker, pages: pages.pages }
  write('build.json', JSON.stringify(built, null, 1))
  removeOld(new Set([...files.keys(), 'build.json']))
  return built
}

/**
 * The command line: one module for each command, which is read when it is called; and what the gateway runs in a
 * thread of its own. Packages stay in `node_modules`; nothing is minified, so that a stack trace can be read.
 */
async function buildProgram() {
  const main = 'workers/cli/main.ts'
  const botWorker = 'workers/gateway/administration/bot-worker.ts'
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: projectFile('.'),
    entryPoints: [main, botWorker],
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: 'linked',
    sourcesContent: false,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    outdir: 'dist/program',
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  /** @param {string} entry */
  const built = (entry) => {
    const output = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entry)
    return /** @type {[string, unknown]} */ (output)[0].replace(/^dist\//, '')
  }
  return {
    main: built(main),
    botWorker: built(botWorker),
    files: outputFiles.map(
      ({ path, contents }) =>
        /** @type {[string, string | Uint8Array]} */ ([path.slice(distFolder.length), contents]),
    ),
  }
}

/**
 * Replaces a file whole, so that nobody reads half of it.
 *
 * @param {string} file
 * @param {string | Uint8Array} content
 */
function write(file, content) {
  const path = distFolder + file
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, content)
  renameSync(temporary, path)
}

/** @param {Set<string>} current */
function removeOld(current) {
  for (const file of readdirSync(distFolder, { recursive: true, encoding: 'utf8' })) {
    const path = distFolder + file
    if (current.has(file.replaceAll('\\', '/'))) continue
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isFile() && found.mtimeMs < Date.now() - keptMs) rmSync(path, { force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build()
