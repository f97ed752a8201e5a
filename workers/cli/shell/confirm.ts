import { createInterface } from 'node:readline/promises'
import { UsageError } from './command.ts'

/** Asks the person at the terminal. Throws UsageError without a terminal and without `--yes`. */
export async function confirm(question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes) return true
  const { stdin: input, stderr: output } = process
  if (!input.isTTY) throw new UsageError(`${question} Without a terminal, say --yes`)
  const readline = createInterface({ input, output })
  // Ctrl-D closes the input without an answer.
  const answer = await Promise.race([
    readline.question(`${question} [y/N] `),
    new Promise<string>((resolve) => readline.once('close', () => resolve(''))),
  ])
  readline.close()
  return /^y(es)?$/i.test(answer.trim())
}
