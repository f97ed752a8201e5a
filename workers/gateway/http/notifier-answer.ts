import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { askNotifier } from '../../../engine/nats/views/signals.ts'
import type { Result } from '../../../schemas/result.ts'
import { success } from '../../../schemas/result.ts'
import { type GatewayError, type HttpRefusalCode, isHttpRefusal, refusal } from './refusals.ts'

/** The answer of a notifier to a question, or its refusal. */
export async function notifierAnswer<T extends object>(
  role: RoleConnection,
  question: string,
  asked: object,
): Promise<Result<T, GatewayError<HttpRefusalCode>>> {
  const answer = (await askNotifier(role, question, asked)) as
    | T
    | { code: string; message: string }
    | undefined
  if (!answer)
    return refusal(
      'unavailable',
      'no notifier answers: check that one runs (npx frontdesk notifier; npm start has one), and try again',
    )
  // No answer has a `code`.
  if (!('code' in answer)) return success(answer)
  return refusal(isHttpRefusal(answer.code) ? answer.code : 'failed', answer.message)
}
