import type { ZodType } from 'zod'
import { parseJson } from '../../../schemas/parse-json.ts'
import {
  type WebhookAnswer,
  type WebhookQuestion,
  webhookAnswer,
  webhookQuestion,
} from '../../../schemas/webhooks/webhook-state.ts'
import type { RoleConnection } from '../connect.ts'
import { isWeather } from '../errors.ts'
import { subjects } from '../topology.ts'

/** Longer than an attempt to deliver a test may take. */
const answerTimeoutMs = 20_000

/** Answers questions about a webhook, until the returned function is called. */
export function answerWebhookQuestions(
  role: Pick<RoleConnection, 'connection'>,
  webhook: string,
  answer: (question: WebhookQuestion) => Promise<WebhookAnswer>,
): () => void {
  const subscription = role.connection.subscribe(subjects.webhook(webhook), {
    callback: (error, message) => {
      if (error) return
      const question = read(webhookQuestion, message.data)
      const answering = question ? answer(question) : Promise.resolve<WebhookAnswer>({ refused: 'invalid' })
      answering
        .catch((): WebhookAnswer => ({ refused: 'unavailable' }))
        .then((answered) => message.respond(JSON.stringify(answered)))
        .catch(() => {})
    },
  })
  return () => subscription.unsubscribe()
}

/** Asks the caller that runs a webhook; `unavailable`: none does, or it does not answer. */
export async function askWebhook(
  role: Pick<RoleConnection, 'connection'>,
  webhook: string,
  question: WebhookQuestion,
): Promise<WebhookAnswer> {
  try {
    const body = JSON.stringify(question)
    const answer = await role.connection.request(subjects.webhook(webhook), body, {
      timeout: answerTimeoutMs,
    })
    return read(webhookAnswer, answer.data) ?? { refused: 'unavailable' }
  } catch (error) {
    if (!isWeather(error)) throw error
    return { refused: 'unavailable' }
  }
}

function read<T>(schema: ZodType<T>, body: Uint8Array): T | undefined {
  return schema.safeParse(parseJson(body)).data
}
