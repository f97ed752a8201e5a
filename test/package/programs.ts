import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectFile } from '../../workers/build/project-folder.mjs'

const compilerOptions = {
  target: 'es2023',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  rootDir: '.',
  outDir: 'built',
}

/** A strict project without any package of types. */
export const tsconfig = JSON.stringify({
  compilerOptions: { ...compilerOptions, types: [] },
  include: ['machines', '*.mts'],
})

/** The examples of clients use Node's types. */
export const clientsTsconfig = JSON.stringify({
  compilerOptions: { ...compilerOptions, types: ['node'] },
  include: ['clients'],
})

/** The files of test/examples/clients, as a project without a package.json of its own has them. */
export async function clientExamples(): Promise<Record<string, string>> {
  const folder = projectFile('test/examples/clients')
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts'))
  const texts = files.map(async (file) => [
    `clients/${file.replace('.ts', '.mts')}`,
    await readFile(join(folder, file), 'utf8'),
  ])
  return Object.fromEntries(await Promise.all(texts))
}

/** The machine of the guide in engine/machines/README.md. */
export async function guideMachine(): Promise<string> {
  const guide = await readFile(projectFile('engine/machines/README.md'), 'utf8')
  const [, program = ''] = /^```ts\n([\s\S]*?)^```/m.exec(guide) ?? []
  return program
}

/** A part of a program, a mistake in its place, and what the compiler says. */
export type Mistake = [right: string, wrong: string, said: RegExp]

export const machineMistakes: Mistake[] = [
  ["'keepNeed', 'leaveBot'", "'keepNeeds', 'leaveBot'", /keepNeeds/],
  ['{ asked: 0 }', "{ asked: 'none' }", /'string' is not assignable to type 'number'/],
]

export const clientMistakes: Mistake[] = [
  ["{ channel: 'web', ", "{ chanel: 'web', ", /chanel/],
  ["widget.send(conversation, 'session.", "widget.send(conversation, 'agent.", /agent\.message/],
  ['{ messages = [], status }', '{ messages = [], state }', /state/],
]

/** The channel with the guide's machine. */
export const ownMachine = `
kind: bot
id: hello
machine: hello
---
kind: channel
id: web
bot: hello
`

/** The channel with the bot of test/examples/clients/bot.ts. */
export const externalBot = `
kind: bot
id: opening
external: { silence: PT5M }
---
kind: channel
id: web
bot: opening
`

export const usesSchemas = `
import { channel, type ConversationRecord, lineOf, parse, payloads, record } from 'frontdesk/schemas'

const started = parse(payloads['session.started'], { channel: 'web' })
const name: string = started.ok ? started.value.channel : ''
const message = parse(payloads['session.message'], {})
const problems: string[] = message.ok ? [] : message.error.problems.map(lineOf)
const read: ConversationRecord | undefined = record.safeParse({}).data
console.log([name, ...problems, channel.safeParse({ id: 'web' }).success && read === undefined].join('\\n'))
`

/** A widget gateway and a workspace; called with the URL of NATS. */
export const usesClients = `
import { write } from './built/clients/widget-gateway.mjs'
import { answerRequests } from './built/clients/workspace.mjs'

const [nats] = process.argv.slice(2)
const ending = new AbortController()
const answering = answerRequests(nats, console.error, ending.signal)
await write(nats, 'My anvil is broken', console.log)
ending.abort('over')
await answering.catch((reason) => console.log(reason))
process.exit()
`

/** A bot, and a customer of the gateway; called with the URLs of NATS and of the gateway. */
export const usesBotAndBrowserClient = `
import { runBot } from './built/clients/bot.mjs'
import { openChat } from './built/clients/customer.mjs'

// Browsers have it, and Node from version 22 on.
globalThis.WebSocket ??= (await import('ws')).WebSocket
const [nats, gateway] = process.argv.slice(2)
const ending = new AbortController()
const running = runBot(nats, ending.signal)
const storage = { getItem: () => null, setItem: () => {} }
await new Promise((resolve) => {
  const chat = openChat(gateway, storage, (lines) => {
    if (lines.at(-1) !== 'bot: We are open from 9 to 5.') return
    console.log(lines.join('\\n'))
    chat.close()
    resolve()
  })
  chat.send({ type: 'message', text: 'When are you open?' })
})
ending.abort()
await running
`
