import { BotClient } from 'frontdesk/client'

const person = 'Talk to a person'

/**
 * The bot `opening` of the configuration says when the shop is open, and hands over to a person.
 *
 * @param url `nats://bot:<password>@127.0.0.1:4222`
 */
export async function runBot(url: string, signal: AbortSignal): Promise<void> {
  const client = await BotClient.connect(url)
  await client.run(
    'opening',
    ({ text, bot }) => {
      if (text === person) return { type: 'bot.handoff', tags: ['shop'] }
      const greeting = text === undefined ? `Hello ${bot.customer.name ?? 'there'}! ` : ''
      return { type: 'bot.options', text: `${greeting}We are open from 9 to 5.`, options: [person] }
    },
    { signal, refused: ({ rejection }) => process.stderr.write(`${rejection.code}\n`) },
  )
  await client.close()
}
