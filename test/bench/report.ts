import { type ParseArgsConfig, parseArgs } from 'node:util'

type Option = number | boolean | string
type Values<T> = {
  [Name in keyof T]: T[Name] extends boolean ? boolean : T[Name] extends number ? number : string
}

/**
 * Reads the options of a program by their defaults: numbers, texts, and flags where the default is `false`; and, where
 * they are allowed, words without a name. With `--help` it prints the usage and ends the program.
 */
export function readOptions<T extends Record<string, Option>>(
  usage: string,
  defaults: T,
  words: string[] = [],
): Values<T> & { words: string[] } {
  const options: ParseArgsConfig['options'] = { help: { type: 'boolean', default: false } }
  for (const [name, value] of Object.entries(defaults))
    options[name] =
      typeof value === 'boolean'
        ? { type: 'boolean', default: value }
        : { type: 'string', default: String(value) }
  const read = readArguments(usage, options)
  if (read.values.help) {
    process.stdout.write(`${usage}\n`)
    process.exit(0)
  }
  const values = Object.entries(defaults).map(([name, value]) => {
    const given = read.values[name]
    return [name, typeof value === 'number' ? Number(given) : given]
  })
  const wrong = [
    ...values.filter(([, value]) => Number.isNaN(value)).map(([name]) => `--${name} is not a number`),
    ...read.positionals.filter((word) => !words.includes(word)).map((word) => `${word} is not known`),
  ]
  if (wrong.length > 0) fail(usage, wrong.join('\n'))
  return { ...Object.fromEntries(values), words: read.positionals }
}

function readArguments(usage: string, options: ParseArgsConfig['options']) {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    return { values: values as Record<string, unknown>, positionals }
  } catch (error) {
    return fail(usage, (error as Error).message)
  }
}

function fail(usage: string, why: string): never {
  say(`${why}\n\n${usage}`)
  process.exit(2)
}

/** The numbers of an option such as `64,4`. */
export function numbersOf(list: string): number[] {
  return list.split(',').map(Number)
}

/** Prints the JSON line of a workload. */
export function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Says how it goes, beside the output. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}

/** The time that such a share of all times does not exceed, in the unit of the times. */
export function percentile(times: number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other)
  return rounded(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN)
}

export function medianOf(values: number[], digits = 2): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = (sorted.length - 1) / 2
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]]
  return rounded((low + high) / 2, digits)
}

/** A table under its head, its columns as wide as they need; columns of numbers to the right. */
export function tableOf(rows: (string | number)[][]): string {
  const columns = (rows[0] ?? []).map((_, n) => rows.map((row) => row[n] ?? ''))
  const padded = columns.map((cells) => {
    const width = Math.max(...cells.map((cell) => String(cell).length))
    const isRight = cells.some((cell) => typeof cell === 'number')
    return cells.map((cell) => (isRight ? String(cell).padStart(width) : String(cell).padEnd(width)))
  })
  return rows
    .map((_, n) =>
      padded
        .map((cells) => cells[n])
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
