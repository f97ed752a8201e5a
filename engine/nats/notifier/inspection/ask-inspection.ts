import type { RoleConnection } from '../../connect.ts'
import { NoAnswer } from '../../errors.ts'
import { subjects } from '../../topology.ts'

/** Asks a notifier. Returns its answer, or its refusal `{code, message}`; `undefined` where no notifier answers. */
export async function askInspection(
  { publisher }: RoleConnection,
  question: string,
  body: object,
): Promise<object | undefined> {
  try {
    const answer = await publisher.request(subjects.inspection(question), JSON.stringify(body))
    return answer.json<object>()
  } catch (error) {
    if (error instanceof NoAnswer) return undefined
    throw error
  }
}
