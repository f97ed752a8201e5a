import type { Event, EventType, Payload } from '../../../schemas/conversation/event.ts'
import { InOrder } from '../../in-order.ts'
import { type AskedTurn, type FoundTurn, forEachTurn, type RefusedAnswer } from './bot-turns.ts'
import { type ClientOptions, connectAs, RoleClient } from './role-client.ts'
import { checkToken } from './store-event.ts'

/** The events that an external bot publishes. */
export type BotEventType = Extract<EventType, `bot.${string}`>

/** An answer of a bot, as the event that it is published as: `{type: 'bot.message', text: 'Hello!'}`. */
export type BotReply = Extract<Event, { type: BotEventType }>

/** After the end of a run, answers are still published for this long. */
const graceMs = 5_000

/** Returns the answer; `null`: this turn needs none. */
export type AnswerTurn = (turn: AskedTurn) => BotReply | null | Promise<BotReply | null>

export interface BotOptions {
  /** Ends the run, once the turns that are being answered are. */
  signal?: AbortSignal | undefined
  /**
   * Turns of the last so many milliseconds that were not answered are answered at the start: 300,000 by default. Nobody
   * waits longer than the bot's `silence`.
   */
  lookBackMs?: number
  /** The most turns, of different conversations, that are answered at a time: 64 by default. */
  turnsMax?: number
  /** Called where a turn cannot be answered, and the run goes on; without it the run ends with the error. */
  failed?(error: unknown, turn: AskedTurn): void
  /**
   * Called where an answer was refused: too late (`not_allowed_now`, `conversation_ended`), too long, or another process
   * has answered differently (`id_reused`). Nobody sees such an answer.
   */
  refused?(answer: RefusedAnswer): void
}

/** An external bot: it is asked after records that name it, and answers. */
export class BotClient extends RoleClient<BotEventType> {
  /**
   * Connects, and reconnects for ever. Throws ClientError: `unauthorized`, `unavailable`, `wrong_role`.
   *
   * @param url of the role `bot`, or one with full rights
   */
  static async connect(url: string, options: ClientOptions = {}): Promise<BotClient> {
    return new BotClient(await connectAs('bot', url, options), 'bot')
  }

  /**
   * Answers the turns of a bot until the signal is aborted or the client is closed: those of one conversation one after
   * another, those of different conversations at once. An answer's id follows from its turn, so a turn that several
   * processes of the bot answer, or one again after a restart, has one answer. Missed turns are found in the stream, also
   * after a reconnect.
   *
   * Throws what `answer` throws, and ClientError where its answer is not valid, unless there is `failed`.
   *
   * @param bot its id in the configuration
   */
  async run(
    bot: string,
    answer: AnswerTurn,
    { signal, lookBackMs = 300_000, turnsMax = 64, failed, refused }: BotOptions = {},
  ): Promise<void> {
    checkToken('bot', bot)
    const ending = [signal, this.ended].filter((each) => each !== undefined)
    if (ending.some(({ aborted }) => aborted)) return
    const stopped = new AbortController()
    const grace = new AbortController()
    let graceTimer: NodeJS.Timeout | undefined
    const stop = () => {
      stopped.abort()
      graceTimer ??= setTimeout(() => grace.abort(), graceMs)
    }
    for (const each of ending) each.addEventListener('abort', stop)
    const answers = new InOrder<FoundTurn>(0, turnsMax, async ({ id, turn }) => {
      // A turn that is not answered now is found again at the next start.
      if (stopped.signal.aborted) return []
      try {
        const event = await answer(turn)
        if (event) await this.#publishAnswer(turn.conversation, event, id, grace.signal)
      } catch (error) {
        if (grace.signal.aborted || this.ended.aborted) return []
        if (!failed) throw error
        failed(error, turn)
      }
      return []
    })
    try {
      const handle = (found: FoundTurn) =>
        answers.add(found.turn.record.sequence, found.turn.conversation, found)
      await forEachTurn(this.role, bot, lookBackMs, stopped.signal, handle, refused)
      await answers.drain()
    } finally {
      for (const each of ending) each.removeEventListener('abort', stop)
      clearTimeout(graceTimer)
    }
  }

  async #publishAnswer(
    conversation: string,
    { type, ...payload }: BotReply,
    id: string,
    signal: AbortSignal,
  ): Promise<void> {
    const options = { id, timeoutMs: Number.POSITIVE_INFINITY, signal }
    await this.publish(conversation, type, payload as Payload<typeof type>, options)
  }
}
