import { readFile } from 'node:fs/promises'
import { projectFile } from '../../workers/build/project-folder.mjs'

/** A strict project without any package of types. */
export const tsconfig = JSON.stringify({
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    rootDir: '.',
    outDir: 'built',
    types: [],
  },
  include: ['machines', '*.mts'],
})

/** The machine of the guide in engine/machines/README.md. */
export async function guideMachine(): Promise<string> {
  const guide = await readFile(projectFile('engine/machines/README.md'), 'utf8')
  const [, program = ''] = /^```ts\n([\s\S]*?)^```/m.exec(guide) ?? []
  return program
}

/** A part of the guide's machine, a mistake in its place, and what the compiler says. */
export const mistakes: [right: string, wrong: string, said: RegExp][] = [
  ["'keepNeed', 'leaveBot'", "'keepNeeds', 'leaveBot'", /keepNeeds/],
  ['{ asked: 0 }', "{ asked: 'none' }", /'string' is not assignable to type 'number'/],
]

export const documents = `
kind: bot
id: hello
machine: hello
---
kind: channel
id: web
bot: hello
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
