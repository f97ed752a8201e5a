import { resolve } from 'node:path'
import { type ZodType, z } from 'zod'

/** A variable of the environment. */
export interface Variable<T = unknown> {
  name: string
  /** For `--help`. */
  help: string
  /** The valid values, to complete "must be". */
  allowed: string
  /** Parses the value; `undefined` if it is missing or empty. */
  schema: ZodType<T>
  /** Not shown in an error. */
  isSecret?: true
}

/** The parsed values of a group of variables. */
export type Values<G extends Record<string, Variable>> = {
  [Field in keyof G]: G[Field] extends Variable<infer T> ? T : never
}

/** A variable of the environment has a value that cannot be used. */
export class WrongSetting extends Error {}

/** Reads and checks a group of variables. Throws WrongSetting. */
export function readValues<G extends Record<string, Variable>>(group: G, env: NodeJS.ProcessEnv): Values<G> {
  const values = Object.entries(group).map(([field, { name, schema, allowed, isSecret }]) => {
    const value = env[name] || undefined
    const parsed = schema.safeParse(value)
    if (!parsed.success) throw new WrongSetting(`${name}${isSecret ? '' : `=${value}`} must be ${allowed}`)
    return [field, parsed.data] as const
  })
  return Object.fromEntries(values) as Values<G>
}

/** A variable for each role. */
export function perRole<R extends string, T>(
  roles: readonly R[],
  variableOf: (role: R) => Variable<T>,
): Record<R, Variable<T>> {
  return Object.fromEntries(roles.map((role) => [role, variableOf(role)])) as Record<R, Variable<T>>
}

/** A variable with a whole number: its range and its default. */
export function wholeNumber(
  name: string,
  [min, max]: [number, number],
  byDefault: number,
  help: string,
): Variable<number> {
  return {
    name,
    help,
    allowed: `a whole number from ${min} to ${max}`,
    schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max)).default(byDefault),
  }
}

export function port(name: string, byDefault: number, help: string): Variable<number> {
  return { ...wholeNumber(name, [1, 65_535], byDefault, help), allowed: 'a port from 1 to 65535' }
}

/** A switch that is off by default. */
export function yesOrNo(name: string, help: string): Variable<boolean> {
  const schema = z.enum(['1', 'true', '0', 'false']).transform((value) => value === '1' || value === 'true')
  return { name, help, allowed: '1, true, 0 or false', schema: schema.default(false) }
}

/** A name that has a default. */
export function label(name: string, byDefault: string, help: string): Variable<string> {
  return { name, help, allowed: 'a name', schema: z.string().default(byDefault) }
}

export const absolutePath = z.string().transform((path) => resolve(path))
