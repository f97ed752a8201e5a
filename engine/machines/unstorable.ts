/** The place of something that JSON does not give back as it was, as `context.own.since is a Date`. */
export function unstorable(value: unknown, place: string): string | undefined {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean')
    return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${place} is ${value}`
  if (typeof value !== 'object') return `${place} is a ${typeof value}`
  const prototype = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null)
    return `${place} is a ${prototype.constructor?.name ?? 'class'}`
  for (const [key, below] of Object.entries(value)) {
    const found = unstorable(below, `${place}.${key}`)
    if (found) return found
  }
  return undefined
}
