import type { ParseArgsConfig, parseArgs } from 'node:util'
import { token } from '../../../schemas/token.ts'
import type { Variable } from '../../settings/variable.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** One command of the command line. */
export interface Command<O extends Options> {
  /** Its help without the environment: synopsis, explanation, options, example. */
  usage: string
  options: O
  /** The variables that it reads. */
  environment: readonly Variable[]
  /** Performs the command. Returns its exit code, by default 0. */
  run(called: Called<O>): Promise<number | undefined>
}

export interface Called<O extends Options> {
  values: ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>['values']
  positionals: string[]
}

export type AnyCommand = Command<Record<never, never>>

/** Types a command's values by its options. */
export function command<const O extends Options>(made: Command<O>): AnyCommand {
  return made as unknown as AnyCommand
}

/** The arguments of a command are wrong: exit code 2. */
export class UsageError extends Error {}

/** Checks an id from the command line. Throws UsageError. */
export function givenToken(argument: string, given: string | undefined): string {
  const checked = token.safeParse(given)
  if (checked.success) return checked.data
  throw new UsageError(`${argument}: ${checked.error.issues[0]?.message ?? 'is not an id'}`)
}
