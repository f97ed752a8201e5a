import { parentPort } from 'node:worker_threads'
import type { BotPlace } from '../../../schemas/protocol/admin.ts'
import { unwrap } from '../../../schemas/result.ts'
import { type ParsedYaml, parseYaml } from '../../import/parse-yaml.ts'
import type { BotAnswer, BotQuestion } from './bot-reader.ts'
import { placesOf, readBotText } from './bot-text.ts'
import { previewBot } from './preview-bot.ts'

/** The last text that was read: after one pause in typing the same text is checked, previewed and drawn. */
let last:
  | { text: string; yaml: ParsedYaml; read: ReturnType<typeof readBotText>; places: BotPlace[] }
  | undefined

parentPort?.on('message', (question: BotQuestion) => {
  try {
    parentPort?.postMessage({ answer: answerTo(question) })
  } catch (error) {
    parentPort?.postMessage({ error: (error as Error).stack ?? String(error) })
  }
})

function answerTo({ text, id, rehearsal }: BotQuestion): BotAnswer {
  if (last?.text !== text) {
    const yaml = parseYaml(text)
    last = { text, yaml, read: readBotText(text, undefined, yaml), places: placesOf(yaml) }
  }
  const { yaml, read, places } = last
  if (rehearsal) return { preview: previewBot(unwrap(read), rehearsal) }
  const isOther = read.ok && id !== undefined && read.value.id !== id
  return { read: isOther ? readBotText(text, id, yaml) : read, places }
}
