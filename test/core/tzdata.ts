import tzdata from './tzdata-2026f.json' with { type: 'json' }

/**
 * The offsets of all zones from 2020 to 2036 as Debian's package tzdata 2026f has them, read with Python's `zoneinfo`:
 * `[minutes since 2020, minutes ahead of UTC]` for each change. Our own table comes from another compiler of the same
 * rules, and `Intl` from a third.
 */
const offsets = new Map<string, number[][]>()
for (const { zones, changes } of tzdata.groups) for (const zone of zones) offsets.set(zone, changes)

export const from = Date.UTC(2020, 0, 1)
export const to = Date.UTC(2037, 0, 1)
export const zones = [...offsets.keys()]

/** The instants at which a zone changes its offset. */
export function changesOf(zone: string): number[] {
  return (offsets.get(zone) ?? []).slice(1).map(([minutes = 0]) => from + minutes * 60_000)
}

/** Minutes ahead of UTC; `undefined` before 2020, after 2036, and for a zone that is not there. */
export function zoneOffsetAt(zone: string, at: number): number | undefined {
  if (at < from || at >= to) return undefined
  const last = offsets.get(zone)?.findLast(([minutes = 0]) => from + minutes * 60_000 <= at)
  return last?.[1]
}
