import type { MeasureName } from '../../../schemas/protocol/numbers.ts'

/** All measures, in the order of the page. The schemas would bring zod into it. */
export const measures = [
  'accept',
  'wait',
  'firstReply',
  'reply',
  'abandoned',
] as const satisfies MeasureName[]

/** The part of the numbers that the page shows. */
export interface NumbersRoute {
  days: 1 | 7
  /** Absent: all that one may see. */
  workspace?: string | undefined
  /** The measure that is drawn. */
  drawn: MeasureName
}

/** `#/?days=7&workspace=sales&measure=reply` */
export function readRoute(hash: string): NumbersRoute {
  const given = new URLSearchParams(hash.split('?')[1])
  return {
    days: given.get('days') === '7' ? 7 : 1,
    workspace: given.get('workspace') ?? undefined,
    drawn: measures.find((name) => name === given.get('measure')) ?? 'accept',
  }
}

export function linkTo({ days, workspace, drawn }: NumbersRoute): string {
  const shown = new URLSearchParams({
    ...(days === 7 && { days: '7' }),
    ...(workspace !== undefined && { workspace }),
    ...(drawn !== 'accept' && { measure: drawn }),
  })
  return shown.size > 0 ? `#/?${shown}` : '#/'
}

/** The question of a route to the gateway. */
export function queryOf({ days, workspace }: NumbersRoute): string {
  return `${new URLSearchParams({ days: `${days}`, ...(workspace !== undefined && { workspace }) })}`
}
