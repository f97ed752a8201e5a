import { once } from 'node:events'
import { builtIn } from '../../../engine/machines/bots/built-in.ts'
import { definitionsOf } from '../../../engine/machines/definitions.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import { storedBots } from '../../../engine/nats/engine/bot-revisions.ts'
import type { TicketAnswer } from '../../../schemas/protocol/inspector.ts'
import { signInLink } from '../../gateway/identity/one-time-codes.ts'
import { storedSteps } from '../../gateway/inspector/follow-conversation.ts'
import { History } from '../../gateway/inspector/history.ts'
import { Mask } from '../../gateway/inspector/mask.ts'
import { loadOwnMachines } from '../../settings/own-machines.ts'
import { variablesOf } from '../../settings/settings.ts'
import { signInHere } from '../access/sign-in-here.ts'
import { command, givenToken, UsageError } from '../shell/command.ts'
import { confirm } from '../shell/confirm.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { jsonText } from '../shell/json.ts'
import { warn } from '../shell/report.ts'
import { recordsOf } from './records-of.ts'

/** The engineer on this machine, as in the links of `npm start`. */
const engineer = { role: 'engineer', id: 'engineer', name: 'Engineer', workspaces: 'all' } as const

export default command({
  usage: `
Usage: frontdesk inspect <conversation>
       frontdesk inspect <conversation> --json [--reveal]
       frontdesk inspect <conversation> --stately [--reveal] [--yes]

Prints a link that opens the conversation in the inspector of the gateway on this machine. The link works once,
within 10 minutes, in a browser on this machine. Exits with 1 if the conversation does not exist or was erased.

With --stately, prints the address of a WebSocket for receivers of @statelyai/inspect on this machine, and a link
to a page that forwards it to Stately's inspector, https://stately.ai. The conversation's data then leaves this
machine, so it asks first; without a terminal, --yes is required.

Options:
  --json      print its events with their effects, one JSON object per line; needs no gateway
  --stately   connect Stately's inspector, or another receiver of its protocol
  --reveal    show what customer and agents wrote, which is masked otherwise
  --yes       do not ask
  -h, --help  show this help

Examples:
  npx frontdesk inspect c1
  npx frontdesk inspect c1 --json | jq .outcome
`,
  options: {
    json: { type: 'boolean' },
    stately: { type: 'boolean' },
    reveal: { type: 'boolean' },
    yes: { type: 'boolean' },
  },
  environment: variablesOf.inspect,
  async run({ values, positionals }) {
    if (positionals.length !== 1) throw new UsageError('inspect takes one conversation')
    const { json, stately, reveal = false, yes } = values
    if (json && stately) throw new UsageError('--json and --stately exclude each other')
    if (reveal && !json && !stately)
      throw new UsageError('--reveal goes with --json or --stately; the page itself has a button for it')
    const conversation = givenToken('conversation', positionals[0])
    await withFrontdesk('inspect', async (nats, settings) => {
      await recordsOf(nats, conversation)
      if (json) await printSteps(nats, settings.machines, conversation, reveal)
      else if (stately) {
        const typed = `what customer and agents wrote ${reveal ? 'included' : 'masked'}`
        const question = `What is in conversation ${conversation}, ${typed}, will leave this machine for Stately’s page at https://stately.ai. Go on?`
        if (!(await confirm(question, yes))) throw new Error('nothing was passed on')
        const { code, gateway, answers } = await signInHere(nats, settings, engineer)
        if (!answers) throw new Error(`no gateway answers at ${gateway}: does one run on this machine?`)
        process.stdout.write(
          linksFor(gateway, conversation, reveal, await ticketOf(gateway, code, conversation, reveal)),
        )
      } else {
        const { code, gateway, answers } = await signInHere(nats, settings, engineer)
        if (!answers) warn(`no gateway answers at ${gateway}: does one run on this machine?`)
        process.stdout.write(`${signInLink(gateway, 'engineer', code, `/c/${conversation}`)}\n`)
      }
    })
    return 0
  },
})

async function printSteps(
  nats: Nats,
  machinesFolder: string | undefined,
  conversation: string,
  isRevealed: boolean,
): Promise<void> {
  const own = await loadOwnMachines(machinesFolder)
  const definitions = definitionsOf(...builtIn, ...own)
  const machines = storedBots(definitions, nats)
  const history = new History({ definitions, machines })
  const mask = isRevealed ? undefined : new Mask()
  for await (const retold of storedSteps(nats, conversation, history)) {
    const isRoom = process.stdout.write(`${jsonText(mask?.shown(retold) ?? retold.step)}\n`)
    if (!isRoom) await once(process.stdout, 'drain')
  }
}

/** Signs in, then asks for a ticket, as a page of the gateway does. */
async function ticketOf(
  gateway: string,
  code: string,
  conversation: string,
  reveal: boolean,
): Promise<TicketAnswer> {
  const ask = async (path: string, body: object, cookie = '') => {
    const response = await fetch(`${gateway}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: gateway, cookie },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(((await response.json()) as { message: string }).message)
    return response
  }
  const signedIn = await ask('/v1/sign-in', { code })
  const cookie = signedIn.headers.getSetCookie().map((header) => header.split(';')[0])
  const answer = await ask('/v1/inspector/tickets', { conversation, reveal }, cookie.join('; '))
  return (await answer.json()) as TicketAnswer
}

function linksFor(
  gateway: string,
  conversation: string,
  reveal: boolean,
  { ticket, expiresAt }: TicketAnswer,
): string {
  const asks = reveal ? '&reveal=1' : ''
  const socket = `${gateway.replace('http', 'ws')}/v1/inspector/conversations/${conversation}/stately`
  return `
  Stately’s page   ${gateway}/inspector/stately#conversation=${conversation}&ticket=${ticket}${asks}
  Other receivers  ${socket}?ticket=${ticket}${asks}

  Whoever has them sees this conversation, from this machine, until ${expiresAt}.

`
}
