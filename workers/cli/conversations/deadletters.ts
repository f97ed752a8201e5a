import type { Nats } from '../../../engine/nats/connect.ts'
import {
  deadLetter,
  deadLetters,
  discardDeadLetter,
  NoDeadLetter,
  requeueDeadLetter,
} from '../../../engine/nats/operations/dead-letters.ts'
import type { DeadLetter } from '../../../schemas/protocol/inspector.ts'
import { variablesOf } from '../../settings/settings.ts'
import { note } from '../shell/audit.ts'
import { command, UsageError } from '../shell/command.ts'
import { confirm } from '../shell/confirm.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { jsonText } from '../shell/json.ts'
import { plainLine, visibleText } from '../shell/text.ts'

export default command({
  usage: `
Usage: frontdesk deadletters [list] [--json]
       frontdesk deadletters show <seq>
       frontdesk deadletters requeue <seq>|--all
       frontdesk deadletters discard <seq>|--all [--yes]

Manages dead letters: events that could not be handled. Each is stored unchanged with the reason, for 90 days, and
delays no other event.

  list     print one line for each: sequence, time, reason, conversation, type, explanation
  show     print one with its headers and its payload
  requeue  publish it again under its own id, and remove it here; if it fails again, it comes back
  discard  remove it

Options:
  --json      with list: one JSON object per line
  --all       all present dead letters
  --yes       with discard --all: do not ask
  -h, --help  show this help

Examples:
  npx frontdesk deadletters
  npx frontdesk deadletters show 3
  npx frontdesk deadletters requeue --all
`,
  options: { json: { type: 'boolean' }, all: { type: 'boolean' }, yes: { type: 'boolean' } },
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    const [action = 'list', given, ...more] = positionals
    if (!['list', 'show', 'requeue', 'discard'].includes(action))
      throw new UsageError(`deadletters has no ${action}`)
    const isOne = action === 'show' || (action !== 'list' && !values.all)
    if (more.length > 0 || (given !== undefined && !isOne))
      throw new UsageError(`${action}: too many arguments`)
    const seq = isOne ? sequence(action, given) : undefined

    return withFrontdesk('deadletters', async (nats) => {
      if (action === 'list') return list(nats, values.json === true)
      if (action === 'show') return show(nats, seq as number)
      const seqs = seq === undefined ? await allSequences(nats) : [seq]
      if (action === 'discard' && seq === undefined && seqs.length > 0) {
        const isSure = await confirm(`Discard ${seqs.length} dead letters?`, values.yes)
        if (!isSure) throw new Error('nothing was discarded')
      }
      for (const each of seqs) {
        if (!(await deadLetter(nats, each))) throw new NoDeadLetter(each)
        const isRequeued = action === 'requeue'
        await note(nats, isRequeued ? 'requeued' : 'discarded', { kind: 'deadLetter', id: `${each}` })
        await (isRequeued ? requeue(nats, each) : discard(nats, each))
      }
      return 0
    })
  },
})

function sequence(action: string, given: string | undefined): number {
  if (given !== undefined && /^[1-9]\d{0,15}$/.test(given)) return Number(given)
  throw new UsageError(`${action} takes a dead letter’s sequence${action === 'show' ? '' : ', or --all'}`)
}

async function allSequences(nats: Nats): Promise<number[]> {
  const seqs: number[] = []
  for await (const { seq } of deadLetters(nats)) seqs.push(seq)
  return seqs
}

async function list(nats: Nats, json: boolean): Promise<number> {
  for await (const letter of deadLetters(nats))
    process.stdout.write(`${json ? jsonText(letter) : lineOf(letter)}\n`)
  return 0
}

function lineOf({ seq, at, reason, conversation, type, explanation }: DeadLetter): string {
  return [String(seq), at, ...[reason, conversation, type, explanation].map(plainLine)].join('  ')
}

async function show(nats: Nats, seq: number): Promise<number> {
  const found = await deadLetter(nats, seq)
  if (!found) throw new NoDeadLetter(seq)
  const { headers, body } = found
  for (const name of headers.keys())
    process.stdout.write(`${visibleText(name)}: ${visibleText(headers.values(name).join(', '))}\n`)
  process.stdout.write(`\n${visibleText(Buffer.from(body).toString('utf8'))}\n`)
  return 0
}

async function requeue(nats: Nats, seq: number): Promise<void> {
  await requeueDeadLetter(nats, seq)
  process.stdout.write(`${seq} requeued\n`)
}

async function discard(nats: Nats, seq: number): Promise<void> {
  await discardDeadLetter(nats, seq)
  process.stdout.write(`${seq} discarded\n`)
}
