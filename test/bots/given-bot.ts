import { given, type Setting, type Story } from '../behaviour/given.ts'

/** A bot as its author writes it: its answers by their ids, of which the first begins. */
export function flowOf(answers: Record<string, object[]>, more: object = {}) {
  return { id: 'helper', answers: Object.entries(answers).map(([id, steps]) => ({ id, steps })), ...more }
}

/** Begins a story on a channel with this bot. */
export function givenBot(bot: { id: string }, { channel, ...setting }: Setting = {}): Story {
  return given({ ...setting, channel: { ...channel, bot: bot.id }, bots: [bot] })
}

/** The answers of most flows end in one of these. */
export const person = [{ type: 'transfer' }]
export const goodbye = [{ type: 'end', text: 'Goodbye!' }]

/** What is said where an agent will come, as nobody has set it. */
export const agentWillCome = 'bot: Thanks, an agent will be with you shortly.'
