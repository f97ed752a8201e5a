import type { BotTurn, Rejection } from '../../../schemas/conversation/record.ts'
import { CatchUp } from '../catch-up.ts'
import type { RoleConnection } from '../connect.ts'
import { directGet } from '../direct-get.ts'
import { streams, subjects } from '../topology.ts'
import { publicRecord } from '../views/records.ts'
import type { FollowedRecord } from './role-client.ts'

/** A record after which it is the bot's turn. */
export interface AskedTurn {
  conversation: string
  /** The record asks: the conversation has begun, or the customer has done something. */
  record: FollowedRecord
  /** The customer's last text in the record: a message, or the label of an option. */
  text: string | undefined
  /** The customer, their locale and their answers to forms: all that the bot needs to go on. */
  bot: BotTurn
}

/** A turn with the id that its answer has. */
export interface FoundTurn {
  id: string
  turn: AskedTurn
}

/** A bot's answer that was refused. */
export interface RefusedAnswer {
  conversation: string
  rejection: Rejection
}

/** Live records that wait for a slow bot; where there are more, all are dropped and read from the stream. */
const waitingMax = 1_000

interface LiveRecord {
  sequence: number
  conversation: string
  body: string
}

/**
 * Finds the turns of a bot in the records of all conversations: in those of the last `lookBackMs`, then in each new one.
 * The stream has records only, so a sequence that is not the next one is a gap, which is read.
 *
 * @param handle is awaited before the next turn is looked for; where it rejects, this does
 * @param refused called for each refused answer
 * @param signal ends it
 */
export function forEachTurn(
  role: RoleConnection,
  bot: string,
  lookBackMs: number,
  signal: AbortSignal,
  handle: (found: FoundTurn) => Promise<void>,
  refused: (answer: RefusedAnswer) => void = () => {},
): Promise<void> {
  const start = new Date(Date.now() - lookBackMs)
  /** Turns whose answer was not found yet, by conversation and the answer's id. */
  const open = new Map<string, FoundTurn>()
  let waiting: LiveRecord[] = []
  let last = 0

  const see = ({ sequence, conversation, body }: LiveRecord) => {
    last = sequence
    const record = publicRecord(body)
    if (!record) return
    // An answer from before the start, or of another process: applied or refused, the turn is over.
    open.delete(`${conversation} ${record.event.id}`)
    const isAnswer = record.event.id.startsWith(`${bot}-`) && record.event.type.startsWith('bot.')
    if (record.rejected && isAnswer) refused({ conversation, rejection: record.rejected })
    if (record.bot?.id !== bot) return
    const said = record.messages?.findLast(({ author }) => author.type === 'customer')
    const turn = { conversation, record: { sequence, ...record }, text: said?.text, bot: record.bot }
    const id = `${bot}-${record.event.seq}`
    open.set(`${conversation} ${id}`, { id, turn })
  }

  return new Promise((resolve, reject) => {
    const catchUp = new CatchUp(role, {
      read: async () => {
        const after = last === 0 ? start : last
        for await (const { seq, subject, body } of directGet(
          role,
          streams.conversations,
          subjects.conversation('*'),
          after,
        ))
          see({ sequence: seq, conversation: lastToken(subject), body: Buffer.from(body).toString() })
        await handleOpen()
        return last
      },
      handleNext: () => {
        const next = waiting.shift()
        if (!next) return undefined
        if (next.sequence !== last + 1)
          return next.sequence > last ? catchUp.readTo(next.sequence) : Promise.resolve()
        see(next)
        return handleOpen()
      },
    })
    const handleOpen = async () => {
      try {
        for (const [key, found] of open) {
          if (!catchUp.isOpen) return
          open.delete(key)
          await handle(found)
        }
      } catch (error) {
        fail(error)
      }
    }
    const subscription = role.connection.subscribe(subjects.live('*'), {
      callback: (error, message) => {
        const sequence = Number(message?.headers?.get('Nats-Sequence'))
        if (error || !(sequence > last)) return
        if (waiting.length < waitingMax) {
          waiting.push({ sequence, conversation: lastToken(message.subject), body: message.string() })
          catchUp.work().catch(fail)
        } else {
          waiting = []
          catchUp.readTo(sequence).catch(fail)
        }
      },
    })
    const close = () => {
      catchUp.close()
      subscription.unsubscribe()
      signal.removeEventListener('abort', end)
    }
    const end = () => {
      close()
      resolve()
    }
    const fail = (error: unknown) => {
      close()
      reject(error)
    }
    signal.addEventListener('abort', end)
    catchUp.readTwice().catch(fail)
  })
}

function lastToken(subject: string): string {
  return subject.slice(subject.lastIndexOf('.') + 1)
}
