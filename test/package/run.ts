import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { projectFile } from '../../workers/build/project-folder.mjs'
import { Folder } from './folder.ts'
import * as programs from './programs.ts'

const usage = `Usage: npm run test:package [-- --node <version>]... [-- --keep]

Packs frontdesk, installs the package into an empty folder with engine-strict, and uses it there, on each version of
Node: npx frontdesk start, a conversation with a machine of one's own, the modules with their types. Needs the network:
it fetches these versions of Node and the packages from the npm registry.

Options:
  --node <version>  a version or a major version; may be repeated; default: 20.19.0, 22 and 24
  --keep            leave the folders, and print where they are
`

/** The oldest that package.json allows, and the newest of the other lines that are maintained. */
const versions = ['20.19.0', '22', '24']
/** Without its dependencies. */
const megabytesMax = 8

const { values } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: versions },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
async function main(): Promise<number> {
  const root = await mkdtemp(join(tmpdir(), 'frontdesk-package-'))
  const counts = { passed: 0, failed: 0 }
  try {
    const here = new Folder(projectFile('.'))
    const { stdout } = await here.run('npm', ['pack', '--json', '--pack-destination', root])
    // The script prepack prints before the answer.
    const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [{ filename: string }]
    for (const version of values.node) await tryOn(version, join(root, filename), root, counts)
  } finally {
    if (values.keep) process.stdout.write(`kept: ${root}\n`)
    else await rm(root, { recursive: true, force: true })
  }
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`)
  return counts.failed === 0 ? 0 : 1
}

/** Makes the checks on one version of Node; the first one that fails is the last one on it. */
async function tryOn(version: string, tarball: string, root: string, counts: Counts): Promise<void> {
  let name = `Node ${version}`
  try {
    const bin = await nodeOf(version, root)
    const folder = new Folder(join(root, `on-${version}`), bin)
    await mkdir(folder.path)
    name = `Node ${(await folder.run('node', ['--version'])).stdout.trim()}`
    for (const [what, check] of checks) {
      name = `${name.split(':')[0]}: ${what}`
      const said = await check(folder, tarball)
      process.stdout.write(`ok    ${name}${said ? ` (${said})` : ''}\n`)
      counts.passed++
    }
  } catch (error) {
    process.stdout.write(`FAIL  ${name}\n${(error as Error).message.replace(/^/gm, '      ')}\n`)
    counts.failed++
  }
}

interface Counts {
  passed: number
  failed: number
}

/** Fetches a version of Node from the npm registry. Returns the folder of its binary. */
async function nodeOf(version: string, root: string): Promise<string> {
  const folder = new Folder(join(root, `node-${version}`))
  await mkdir(folder.path)
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  await folder.run('npm', ['install', '--no-audit', '--no-fund', `${name}@${version}`])
  return join(folder.path, 'node_modules', name, 'bin')
}

/** Each may return what it found. */
type Check = (folder: Folder, tarball: string) => Promise<string | undefined>

const checks: [what: string, check: Check][] = [
  ['installs with engine-strict, without overrides', install],
  [`has at most ${megabytesMax} MB beyond its dependencies`, size],
  ['a machine of one’s own, and a program, type-check; wrong ones do not', typeCheck],
  ['frontdesk/schemas reads and refuses', readWithSchemas],
  ['the examples of clients type-check; a wrong one does not', typeCheckClients],
  ['npx frontdesk start: pages, widget, a conversation with the machine, a drawing, clients', converse],
]

async function install(folder: Folder, tarball: string): Promise<undefined> {
  await folder.write({ '.npmrc': 'engine-strict=true\n' })
  await folder.run('npm', ['install', '--no-audit', '--no-fund', tarball])
  const { devDependencies } = JSON.parse(await readFile(projectFile('package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  // No package of types but Node's, which only the examples of clients use.
  const tools = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`)
  await folder.run('npm', ['install', '--no-audit', '--no-fund', '--save-dev', ...tools])
}

async function size(folder: Folder): Promise<string> {
  const bytes = await bytesOn(join(folder.path, 'node_modules/frontdesk'))
  const found = `${(bytes / 1e6).toFixed(1)} MB`
  if (bytes > megabytesMax * 1e6) throw new Error(`it has ${found}`)
  return found
}

/** The bytes of a folder's files, in blocks of 4 KiB as a disk stores them. */
async function bytesOn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  )
  return sizes.reduce((sum, bytes) => sum + Math.ceil(bytes / 4096) * 4096, 0)
}

async function typeCheck(folder: Folder): Promise<undefined> {
  const machine = await programs.guideMachine()
  await folder.write({
    'tsconfig.json': programs.tsconfig,
    'machines/hello.mts': machine,
    'uses-schemas.mts': programs.usesSchemas,
  })
  await folder.run('npx', ['tsc', '-p', '.'])
  await findMistakes(folder, 'machines/hello.mts', '.', programs.machineMistakes)
}

/** Plants each mistake into a file of a project in turn, which the compiler has to find. */
async function findMistakes(folder: Folder, file: string, project: string, mistakes: programs.Mistake[]) {
  const text = await readFile(join(folder.path, file), 'utf8')
  for (const [right, wrong, said] of mistakes) {
    const mistaken = text.replace(right, wrong)
    if (mistaken === text) throw new Error(`${file} does not have ${right}`)
    await folder.write({ [file]: mistaken })
    const { code, stdout } = await folder.run('npx', ['tsc', '-p', project, '--noEmit'], { fails: true })
    if (code === 0 || !said.test(stdout)) throw new Error(`tsc has not found ${wrong} in ${file}: ${stdout}`)
  }
  await folder.write({ [file]: text })
}

async function readWithSchemas(folder: Folder): Promise<undefined> {
  const { stdout } = await folder.run('node', ['built/uses-schemas.mjs'])
  expectText(stdout, /^web\ntext: is missing\ntrue$/)
}

async function typeCheckClients(folder: Folder): Promise<undefined> {
  await folder.write({
    'tsconfig.clients.json': programs.clientsTsconfig,
    ...(await programs.clientExamples()),
  })
  await folder.run('npx', ['tsc', '-p', 'tsconfig.clients.json'])
  const mistakes = programs.clientMistakes
  await findMistakes(folder, 'clients/widget-gateway.mts', 'tsconfig.clients.json', mistakes)
}

async function converse(folder: Folder): Promise<string> {
  await folder.write({
    'own-machine.yaml': programs.ownMachine,
    'external-bot.yaml': programs.externalBot,
    'uses-clients.mjs': programs.usesClients,
    'uses-bot.mjs': programs.usesBotAndBrowserClient,
  })
  const started = folder.start('npx', ['frontdesk', 'start'], { FRONTDESK_MACHINES: 'machines' })
  try {
    const [, nats = '', http = ''] = await started.prints(/^ready nats=(\S+) http=(\S+)/m)
    await servePages(http)
    await folder.run('npx', ['frontdesk', 'config', 'apply', 'own-machine.yaml'])
    await started.prints(/"bot\.hello".*in force[\s\S]*"channel\.web".*in force/)
    const chat = await folder.run('npx', ['frontdesk', 'chat', 'web'], { input: 'My order\n' })
    expectText(chat.stdout, /^Bot: Hello! What is it about\?\nYou: My order\nBot: Thanks, an agent/)
    await drawMachine(folder)
    const { stdout: said } = await folder.run('node', ['uses-clients.mjs', nats])
    expectText(
      said,
      /^customer: My anvil is broken\n[\s\S]*^Ann: I look into this: My anvil is broken\n[\s\S]*^over$/m,
    )
    await folder.run('npx', ['frontdesk', 'config', 'apply', 'external-bot.yaml'])
    await started.prints(/"bot\.opening".*in force[\s\S]*"channel\.web".*in force/)
    const { stdout: asked } = await folder.run('node', ['uses-bot.mjs', nats, http])
    // The customer may write before the bot has greeted.
    expectText(asked, /^customer: When are you open\?\n[\s\S]*^bot: We are open from 9 to 5\.$/m)
    return http
  } finally {
    await started.stop()
  }
}

async function servePages(url: string): Promise<void> {
  for (const [path, content] of [
    ['/', /<frontdesk-widget/],
    ['/widget.js', /customElements/],
    ['/desk', /<frontdesk-desk>/],
    ['/healthz', /"ok"/],
  ] as const) {
    const response = await fetch(url + path)
    if (!response.ok) throw new Error(`${path} is answered by ${response.status}`)
    expectText(await response.text(), content)
  }
}

async function drawMachine(folder: Folder): Promise<void> {
  const args = ['frontdesk', 'diagram', 'hello', '--png', '--output', 'hello.png']
  await folder.run('npx', args, { env: { FRONTDESK_MACHINES: 'machines' } })
  expectText((await readFile(join(folder.path, 'hello.png'))).toString('latin1', 1, 4), /^PNG$/)
}

function expectText(text: string, expected: RegExp): void {
  if (!expected.test(text.trim())) throw new Error(`expected ${expected}, got:\n${text}`)
}

if (values.help) process.stdout.write(usage)
else process.exitCode = await main()
