import type { ParseArgsConfig, parseArgs } from 'node:util'
import type { VariableName } from '../settings/settings.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** One command of the command line. */
export interface Command<O extends Options> {
  /** Its help, without the environment: how it is called, what it does, its options, an example. */
  usage: string
  options: O
  /** The variables that it reads. */
  environment: readonly VariableName[]
  /** Carries it out and says its exit code; nothing: 0. */
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
