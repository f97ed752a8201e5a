/** A condition of a search, as it is written before its value: `tag:refund`. */
const conditions = ['customer', 'tag', 'agent', 'channel', 'from', 'to'] as const
type Condition = (typeof conditions)[number]

/** The most characters of the words, as the gateway takes them. */
const textLengthMax = 200

/**
 * The gateway's query of what an agent has typed: words, and conditions such as `tag:refund agent:"Ann Lee"`. `from` and
 * `to` are days of the agent's own clock, both included; `null`: there is nothing to look for yet.
 */
export function searchQuery(typed: string, workspace: string): URLSearchParams | null {
  const query = new URLSearchParams({ workspace })
  const words: string[] = []
  for (const [, name = '', quoted, plain = ''] of typed.matchAll(/(?:(\p{L}+):)?(?:"([^"]*)"?|(\S+))/gu)) {
    const value = (quoted ?? plain).trim()
    const condition = conditions.find((one) => one === name.toLowerCase())
    // A condition whose value is still to be typed.
    if (conditions.some((one) => `${one}:` === value.toLowerCase())) continue
    if (!condition) words.push(...(name ? [`${name}:${value}`] : [value]).filter(Boolean))
    else if (value !== '') setCondition(query, condition, value)
  }
  const text = Array.from(words.join(' ')).slice(0, textLengthMax).join('')
  if (text !== '') query.set('text', text)
  return [...query].length > 1 ? query : null
}

function setCondition(query: URLSearchParams, condition: Condition, value: string): void {
  if (condition === 'from' || condition === 'to') {
    const day = dayIn(value)
    if (condition === 'to') day?.setDate(day.getDate() + 1)
    if (day) query.set(condition, day.toISOString())
  } else query.set(condition, value)
}

/** `2026-11-23`, at its midnight here; `undefined`: the day is not complete yet. */
function dayIn(text: string): Date | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  const date = new Date(Number(year), Number(month) - 1, Number(day))
  return Number.isNaN(date.getTime()) ? undefined : date
}
