import type { FindQuestion } from '../../../schemas/protocol/inspector.ts'

/** The filters in the address: times in ISO 8601, a duration as `PT1H`. */
export type Filters = Partial<
  Pick<FindQuestion, 'id' | 'customer' | 'state' | 'channel' | 'from' | 'to' | 'stuck' | 'offset'>
>

/** The place in the inspector; the address has it, so that a link can be shared. */
export type InspectorRoute =
  | { page: 'find'; filters: Filters }
  /** `at`: the sequence of an event; absent: the latest. */
  | { page: 'conversation'; id: string; at?: number }
  | { page: 'waiting' }
  | { page: 'refusals' }
  | { page: 'deadLetters'; seq?: number }

const filterNames = ['id', 'customer', 'state', 'channel', 'from', 'to', 'stuck'] as const

/** An unknown address leads to the conversations. */
export function readRoute(hash: string): InspectorRoute {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [page, id] = path.split('/').map(decode)
  const asked = new URLSearchParams(query)
  if (page === 'c' && id) {
    const sequence = sequenceOf(asked.get('at'))
    return { page: 'conversation', id, ...(sequence !== undefined && { at: sequence }) }
  }
  if (page === 'waiting' || page === 'refusals') return { page }
  if (page === 'dead-letters') {
    const seq = sequenceOf(id)
    return { page: 'deadLetters', ...(seq !== undefined && { seq }) }
  }
  const offset = sequenceOf(asked.get('offset'))
  const filters = Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = asked.get(name)
      return value ? [[name, value]] : []
    }),
  ) as Filters
  return { page: 'find', filters: { ...filters, ...(offset && { offset }) } }
}

export function linkTo(route: InspectorRoute): string {
  switch (route.page) {
    case 'find': {
      const query = queryOf(route.filters)
      return query ? `#/?${query}` : '#/'
    }
    case 'conversation':
      return `#/c/${encodeURIComponent(route.id)}${route.at === undefined ? '' : `?at=${route.at}`}`
    case 'deadLetters':
      return `#/dead-letters${route.seq === undefined ? '' : `/${route.seq}`}`
    default:
      return `#/${route.page}`
  }
}

/** Filters as a query, for the address and for the gateway; unset ones are left out. */
export function queryOf(filters: Filters): string {
  const set = Object.entries(filters).filter(
    ([, value]) => value !== undefined && value !== '' && value !== 0,
  )
  return new URLSearchParams(set.map(([name, value]): [string, string] => [name, String(value)])).toString()
}

function sequenceOf(text: string | null | undefined): number | undefined {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
