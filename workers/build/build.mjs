// @ts-check
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { buildPages } from './build-pages.mjs'
import { bundledLicenses } from './bundled-licenses.mjs'
import { distFolder } from './dist.mjs'
import { entryPoints, toDist } from './entry-points.mjs'
import { projectFile } from './project-folder.mjs'
import { currentSources } from './sources.mjs'

const weekMs = 7 * 24 * 3_600_000

/**
 * Bundles the command line and the pages into `dist`. Throws where a source does not compile, with esbuild's words.
 *
 * @param {number} keptMs files of earlier builds stay for as long, for the programs that still run them
 * @returns {Promise<import('./dist.mjs').Build>}
 */
export async function build(keptMs = weekMs) {
  // Read before the build: a change that is made meanwhile makes it outdated.
  const sources = currentSources()
  const [program, modules, pages] = await Promise.all([buildProgram(), buildForBrowsers(), buildPages()])
  await esbuild.stop()
  const inputs = [program, modules, pages].flatMap((part) => part.inputs)
  const files = new Map([...program.files, ...modules.files, ...pages.files])
  files.set('LICENSES.txt', bundledLicenses(inputs))
  for (const [file, content] of files) write(file, content)
  const built = {
    sources,
    program: program.main,
    botWorker: program.botWorker,
    htmlWorker: program.htmlWorker,
    pages: pages.pages,
  }
  write('build.json', JSON.stringify(built, null, 1))
  removeOld(new Set([...files.keys(), 'build.json']), keptMs)
  return built
}

/**
 * The command line: one module for each command, which is read when it is called; what the gateway and the mailer run in
 * threads of their own; and the package's entry points for Node, which share these modules.
 */
async function buildProgram() {
  const main = 'workers/cli/main.ts'
  const botWorker = 'workers/gateway/administration/bot-worker.ts'
  const htmlWorker = 'workers/mailer/inbound/html-worker.ts'
  const entries = entryPoints.filter(({ platform }) => platform === 'node')
  const { files, builtFrom, inputs } = await bundle(
    'program',
    [main, botWorker, htmlWorker, ...sourcesOf(entries)],
    {
      platform: 'node',
      target: 'node20.19',
      // Bundled CommonJS packages require Node's modules.
      banner: {
        js: "import { createRequire as createBundledRequire } from 'node:module'; const require = createBundledRequire(import.meta.url);",
      },
    },
  )
  return {
    main: builtFrom(main),
    botWorker: builtFrom(botWorker),
    htmlWorker: builtFrom(htmlWorker),
    inputs,
    files: [...files, ...entries.map((entry) => entryFile(entry, builtFrom))],
  }
}

/** The package's entry points for browsers, which run in Node, too. */
async function buildForBrowsers() {
  const entries = entryPoints.filter(({ platform }) => platform === 'browser')
  const { files, builtFrom, inputs } = await bundle('browser', sourcesOf(entries), {
    platform: 'browser',
    target: 'es2022',
  })
  return { inputs, files: [...files, ...entries.map((entry) => entryFile(entry, builtFrom))] }
}

/** @param {import('./entry-points.mjs').EntryPoint[]} entries */
function sourcesOf(entries) {
  return entries.flatMap(({ sources }) => sources)
}

/**
 * @param {import('./entry-points.mjs').EntryPoint} entry
 * @param {(source: string) => string} builtFrom
 * @returns {[string, string]}
 */
function entryFile({ name, sources }, builtFrom) {
  return [
    `${name}.js`,
    sources.map((source) => `export * from '${toDist(name)}${builtFrom(source)}'\n`).join(''),
  ]
}

/**
 * Bundles modules into a folder of `dist`, with the packages that are `devDependencies`; `dependencies` and optional
 * peers stay outside. Nothing is minified, so that a stack trace can be read.
 *
 * @param {string} folder
 * @param {string[]} sources
 * @param {esbuild.BuildOptions} options
 */
async function bundle(folder, sources, options) {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8'))
  const { outputFiles, metafile } = await esbuild.build({
    ...options,
    absWorkingDir: projectFile('.'),
    entryPoints: sources,
    bundle: true,
    splitting: true,
    external: Object.keys({ ...dependencies, ...peerDependencies }),
    format: 'esm',
    sourcemap: 'linked',
    sourcesContent: false,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    outdir: `dist/${folder}`,
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  return {
    /** The file of `dist` that a source became. @param {string} source */
    builtFrom: (source) => {
      const output = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source)
      return /** @type {[string, unknown]} */ (output)[0].replace(/^dist\//, '')
    },
    inputs: Object.keys(metafile.inputs),
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

/** @param {Set<string>} current @param {number} keptMs */
function removeOld(current, keptMs) {
  for (const file of readdirSync(distFolder, { recursive: true, encoding: 'utf8' })) {
    const path = distFolder + file
    if (current.has(file.replaceAll('\\', '/'))) continue
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isFile() && found.mtimeMs < Date.now() - keptMs) rmSync(path, { force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build()
