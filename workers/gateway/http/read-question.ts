import type { ZodType } from 'zod'
import type { Problem } from '../../../schemas/problem.ts'

/** What is asked, or what is wrong with it. */
export function readAsked<T>(schema: ZodType<T>, asked: unknown): T | { problems: readonly Problem[] } {
  const parsed = schema.safeParse(asked)
  if (parsed.success) return parsed.data
  return {
    problems: parsed.error.issues.map(({ path, message }) => ({ path: path as Problem['path'], message })),
  }
}
