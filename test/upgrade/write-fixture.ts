import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { subjects } from '../../engine/nats/topology.ts'
import { frontdesk, type RunOptions, startFrontdesk } from '../cli/frontdesk.ts'
import { freePort } from '../test-server.ts'
import { pack, readStored, recordsOf, stateOf } from './fixture.ts'
import { documentFiles, type SentEvent, situations } from './situations.ts'

const usage = `Usage: node --import tsx test/upgrade/write-fixture.ts <folder> [--version <name>]

Runs the frontdesk of a folder on a data folder of its own, with conversations in every situation and with documents,
keys, secrets and a dead letter; stops it, and packs the data folder into test/upgrade/fixtures/<version>.tar.gz, for
the test of upgrades. The folder is a checkout with its packages installed, or node_modules/frontdesk.

Options:
  --version <name>  the name of the fixture; default: the version of the folder's package.json
  -h, --help        show this help
`

/** For an event's record: a slow and busy machine is no failure. */
const waitMs = 30_000
const documents = fileURLToPath(new URL('configuration/', import.meta.url))

const { values, positionals } = parseArgs({
  options: { version: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
})
const [program] = positionals
if (values.help || program === undefined || positionals.length > 1) {
  process.stdout.write(usage)
  process.exit(values.help ? 0 : 2)
}
await writeFixture(resolve(program), values.version)

async function writeFixture(program: string, name: string | undefined): Promise<void> {
  const { version } = JSON.parse(await readFile(join(program, 'package.json'), 'utf8')) as { version: string }
  const folder = await mkdtemp(join(tmpdir(), 'frontdesk-fixture-'))
  const options: RunOptions = {
    bin: join(program, 'workers/cli/frontdesk.mjs'),
    cwd: folder,
    env: {
      FRONTDESK_DATA: join(folder, 'data'),
      FRONTDESK_NATS_PORT: String(await freePort()),
      FRONTDESK_PORT: String(await freePort()),
    },
  }
  const system = startFrontdesk(['start'], options)
  try {
    await system.prints('ready ')
    const [, url] = /nats=(\S+)/.exec(system.stdout()) ?? []
    if (url === undefined) throw new Error(`the ready line has no nats=<url>: ${system.stdout()}`)
    const nats = await connectNats(url, 'fixture')
    const applied = await configure(options)
    await converse(nats, options, applied)
    const stored = await readStored(nats)
    await nats.close()
    system.child.kill('SIGTERM')
    const { code, stderr } = await system.ended
    if (code !== 0) throw new Error(`the end of start: ${code}\n${stderr}`)
    const file = await pack(folder, {
      version: name ?? version,
      written: new Date().toISOString(),
      documents: applied,
      stored,
    })
    process.stdout.write(`${file}: ${(await stat(file)).size} bytes, ${stored.length} messages compared\n`)
  } finally {
    system.child.kill('SIGKILL')
    await system.ended
    await rm(folder, { recursive: true, force: true })
  }
}

/** Applies the documents, from the oldest form on, up to the first file that the version refuses; returns the others. */
async function configure(options: RunOptions): Promise<string[]> {
  const applied: string[] = []
  for (const file of documentFiles) {
    const { code, stderr } = await frontdesk(['config', 'apply', join(documents, file)], options)
    if (code !== 0) {
      // Every version knows those.
      if (file === documentFiles[0]) throw new Error(stderr)
      process.stderr.write(`${file} and later ones are left out: ${stderr.split('\n')[0]}\n`)
      break
    }
    applied.push(file)
  }
  await command(['keys', 'create', 'site'], options)
  await command(['secrets', 'set', 'acme'], { ...options, input: 'a-secret-of-the-fixture\n' })
  return applied
}

async function converse(nats: Nats, options: RunOptions, applied: readonly string[]): Promise<void> {
  await nats.publisher.publish(subjects.inbox('unreadable', 'session.message'), 'no JSON')
  await send(nats, 'erased', 0, ['session.started', { channel: 'web' }])
  await command(['erase', 'erased', '--yes'], options)
  for (const { conversation, needs, events, left } of situations) {
    if (needs !== undefined && !applied.includes(needs)) continue
    for (const [index, event] of events.entries()) await send(nats, conversation, index, event)
    const state = stateOf(await recordsOf(nats, conversation))
    if (state !== left) throw new Error(`${conversation} is ${state}, not ${left}`)
  }
}

/** Publishes an event, and waits for its record, which has to have been applied. */
async function send(nats: Nats, conversation: string, index: number, [type, payload]: SentEvent) {
  const id = `${conversation}-${index}`
  await nats.publisher.publish(subjects.inbox(conversation, type), JSON.stringify(payload), {
    'Nats-Msg-Id': id,
  })
  const until = Date.now() + waitMs
  for (;;) {
    const found = (await recordsOf(nats, conversation)).find(({ event }) => event.id === id)
    if (found?.outcome === 'applied') return
    if (found || Date.now() > until) throw new Error(`${type} of ${conversation}: ${JSON.stringify(found)}`)
    await sleep(50)
  }
}

async function command(args: string[], options: RunOptions): Promise<void> {
  const { code, stderr } = await frontdesk(args, options)
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
}
