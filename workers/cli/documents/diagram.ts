import { writeFile } from 'node:fs/promises'
import { builtIn } from '../../../engine/machines/bots/built-in.ts'
import { botDefinition } from '../../../engine/machines/bots/definition.ts'
import { chartOf } from '../../../engine/machines/chart.ts'
import {
  type Definition,
  definitionsOf,
  machineIdOf,
  type Registry,
} from '../../../engine/machines/definitions.ts'
import { type Bot, isFlow } from '../../../schemas/configuration/bot.ts'
import { layOut } from '../../diagram/lay-out.ts'
import { mermaidOf } from '../../diagram/mermaid.ts'
import { svgOf } from '../../diagram/svg.ts'
import { loadOwnMachines } from '../../settings/own-machines.ts'
import { readSettings, variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { documentNamed } from './document-named.ts'

export default command({
  usage: `
Usage: frontdesk diagram <machine|bot> [--svg|--png|--mermaid] [--output <file>]

Draws a machine as a statechart, to standard output or to the file of --output.

<machine|bot> is one of
  messagingResponse, externalBot   a machine of frontdesk
  <id>, <id>@<version>             your own machine in the folder FRONTDESK_MACHINES
  <file>, <file>#<id>              a bot in a JSON or YAML file, without NATS; ./name if it could be an id
  <id>, bot:<id>                   a configured bot

Options:
  --svg            an SVG in the viewer's light or dark theme; the default
  --png            a PNG in the light theme
  --dark           the dark theme, for a PNG or an SVG
  --mermaid        Mermaid's stateDiagram-v2
  --output <file>  the file to write; .png and .mmd set the format
  -h, --help       show this help

Examples:
  npx frontdesk diagram messagingResponse > response.svg
  npx frontdesk diagram test/examples/acme/assistant.yaml --output assistant.png
  npx frontdesk diagram assistant --mermaid
`,
  options: {
    svg: { type: 'boolean' },
    png: { type: 'boolean' },
    mermaid: { type: 'boolean' },
    dark: { type: 'boolean' },
    output: { type: 'string' },
  },
  environment: variablesOf.machines,
  async run({ values, positionals }) {
    const [name] = positionals
    if (name === undefined || positionals.length > 1) throw new UsageError('diagram takes one machine or bot')
    const form = formOf(values)
    const { output, dark = false } = values
    if (dark && form === 'mermaid')
      throw new UsageError('a Mermaid diagram has no colours: --dark is for pictures')
    if (form === 'png' && output === undefined && process.stdout.isTTY)
      throw new UsageError('a terminal shows no PNG: give --output <file>, or send it on with > file.png')
    const { machine } = await machineNamed(name)
    const drawn = await draw(chartOf(machine), form, dark)
    if (output === undefined) process.stdout.write(drawn)
    else await writeFile(output, drawn)
    return 0
  },
})

type Form = 'svg' | 'png' | 'mermaid'

function formOf({
  output,
  ...values
}: {
  svg?: boolean
  png?: boolean
  mermaid?: boolean
  output?: string
}): Form {
  const [form, ...more] = (['svg', 'png', 'mermaid'] as const).filter((form) => values[form])
  if (more.length > 0) throw new UsageError(`--${form} and --${more[0]} exclude each other`)
  if (form) return form
  if (output?.endsWith('.png')) return 'png'
  return output?.endsWith('.mmd') ? 'mermaid' : 'svg'
}

async function draw(
  chart: ReturnType<typeof chartOf>,
  form: Form,
  isDark: boolean,
): Promise<string | Uint8Array> {
  if (form === 'mermaid') return mermaidOf(chart)
  const drawing = await layOut(chart)
  if (form === 'svg') return svgOf(drawing, isDark ? { theme: 'dark' } : {})
  // Imported only here: it loads a program of its own.
  const { pngOf } = await import('../../diagram/png.ts')
  return pngOf(drawing, { theme: isDark ? 'dark' : 'light' })
}

async function machineNamed(name: string): Promise<Pick<Definition, 'machine'>> {
  const settings = readSettings(process.env)
  const own = await loadOwnMachines(settings.machines)
  const machines = definitionsOf(...builtIn, ...own)
  const known = machines.latest(name) ?? machines.all().find((definition) => definition.name === name)
  if (known) return known
  const { document: bot } = await documentNamed('bot', name.replace(/^bot:/, ''), 'diagram', 'machine or bot')
  return machineOf(bot, machines)
}

/** The machine that a channel with this bot runs. */
function machineOf(bot: Bot, machines: Registry): Pick<Definition, 'machine'> {
  if (isFlow(bot)) return botDefinition(bot)
  const id = machineIdOf(bot)
  const machine = machines.latest(id)
  if (machine) return machine
  throw new Error(
    `bot ${bot.id} runs the machine ${id}, which is not here: FRONTDESK_MACHINES names their folder`,
  )
}
