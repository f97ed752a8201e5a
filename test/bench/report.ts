import { type ParseArgsConfig, parseArgs } from 'node:util'

type Values<T> = { [Name in keyof T]: T[Name] extends boolean ? boolean : number }

/**
 * Reads the options of a program by their defaults: numbers, and flags where the default is `false`. With `--help` it
 * prints the usage and ends the program.
 */
export function readOptions<T extends Record<string, number | boolean>>(
  usage: string,
  defaults: T,
): Values<T> {
  const options: ParseArgsConfig['options'] = { help: { type: 'boolean', default: false } }
  for (const [name, value] of Object.entries(defaults))
    options[name] =
      typeof value === 'number'
        ? { type: 'string', default: String(value) }
        : { type: 'boolean', default: value }
  const { values }: { values: Record<string, unknown> } = parseArgs({ options })
  if (values.help) {
    process.stdout.write(`${usage}\n`)
    process.exit(0)
  }
  const read = Object.entries(defaults).map(([name, value]) => [
    name,
    typeof value === 'number' ? Number(values[name]) : values[name],
  ])
  return Object.fromEntries(read) as Values<T>
}

/** Prints the JSON line of a workload. */
export function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}

/** The time that such a share of all times does not exceed, in the unit of the times. */
export function percentile(times: number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other)
  return rounded(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN)
}
