import { given, type Setting, type Story } from '../behaviour/given.ts'

/** Begins a story on a channel with this bot. */
export function givenBot(bot: { id: string }, { channel, ...setting }: Setting = {}): Story {
  return given({ ...setting, channel: { ...channel, bot: bot.id }, bots: [bot] })
}

/** What is said where an agent will come, as nobody has set it. */
export const agentWillCome = 'bot: Thanks, an agent will be with you shortly.'
