import { parentPort } from 'node:worker_threads'
import { unwrap } from '../../../schemas/result.ts'
import type { BotAnswer, BotQuestion } from './bot-reader.ts'
import { readBotText } from './bot-text.ts'
import { previewBot } from './preview-bot.ts'

/** The last text that was read: after one pause in typing the same text is checked, previewed and drawn. */
let last: { text: string; read: ReturnType<typeof readBotText> } | undefined

parentPort?.on('message', (question: BotQuestion) => {
  try {
    parentPort?.postMessage({ answer: answerTo(question) })
  } catch (error) {
    parentPort?.postMessage({ error: (error as Error).stack ?? String(error) })
  }
})

function answerTo({ text, id, rehearsal }: BotQuestion): BotAnswer {
  if (last?.text !== text) last = { text, read: readBotText(text) }
  const { read } = last
  if (rehearsal) return { preview: previewBot(unwrap(read), rehearsal) }
  const isOther = read.ok && id !== undefined && read.value.id !== id
  return { read: isOther ? readBotText(text, id) : read }
}
