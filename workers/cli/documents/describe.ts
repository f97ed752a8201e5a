import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DescriptionName, describe, descriptionNames } from '../../gateway/description/descriptions.ts'
import { command, UsageError } from '../shell/command.ts'

export default command({
  usage: `
Usage: frontdesk describe <asyncapi|openapi|json-schema> [--out <folder>]
       frontdesk describe --out <folder>

Prints a description of frontdesk's formats for programs, as JSON, or writes it to <folder>/<name>.json. Without a
name, it writes all three. NATS is not needed.

  asyncapi      AsyncAPI 3: events and records over NATS, frames over the gateway's WebSockets
  openapi       OpenAPI 3.1: the gateway's HTTP
  json-schema   JSON Schema 2020-12 of everything that is sent or stored

A gateway serves the first two at /asyncapi.json and /openapi.json, and a page to read them at /reference.

Options:
  --out <folder>   the folder to write to; it is made where it does not exist
  -h, --help       show this help

Examples:
  npx frontdesk describe asyncapi > asyncapi.json
  npx frontdesk describe --out descriptions
`,
  options: { out: { type: 'string' } },
  environment: [],
  async run({ values: { out }, positionals }) {
    const [name] = positionals
    if (positionals.length > 1) throw new UsageError('describe takes one name')
    if (name !== undefined && !isName(name))
      throw new UsageError(`there is no description ${name}: there are ${descriptionNames.join(', ')}`)
    if (name === undefined && out === undefined)
      throw new UsageError(`describe takes one of ${descriptionNames.join(', ')}, or --out <folder>`)
    if (out === undefined) {
      process.stdout.write(jsonOf(name as DescriptionName))
      return 0
    }
    await mkdir(out, { recursive: true })
    for (const one of name === undefined ? descriptionNames : [name]) {
      const file = join(out, `${one}.json`)
      await writeFile(file, jsonOf(one))
      process.stdout.write(`${file}\n`)
    }
    return 0
  },
})

function isName(name: string): name is DescriptionName {
  return (descriptionNames as readonly string[]).includes(name)
}

function jsonOf(name: DescriptionName): string {
  return `${JSON.stringify(describe(name), null, 2)}\n`
}
