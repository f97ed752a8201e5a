/** A duration as a form shows it: a number and a unit. */
export interface Amount {
  count: number
  unit: Unit
}

export const units = ['seconds', 'minutes', 'hours', 'days'] as const
export type Unit = (typeof units)[number]

const unitMs: Record<Unit, number> = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 }

// A month has 30 days and a year 365, as for the engine.
const number = '(\\d+(?:\\.\\d+)?)'
const parts = new RegExp(
  `^P(?:${number}Y)?(?:${number}M)?(?:${number}W)?(?:${number}D)?(?:T(?:${number}H)?(?:${number}M)?(?:${number}S)?)?$`,
)
const partsMs = [
  365 * unitMs.days,
  30 * unitMs.days,
  7 * unitMs.days,
  unitMs.days,
  unitMs.hours,
  unitMs.minutes,
  1_000,
]

/** Reads an ISO 8601 duration in the largest unit that gives a whole number; `undefined` if it is invalid. */
export function readDuration(text: string): Amount {
  const found = parts.exec(text)?.slice(1) ?? []
  const ms = found.reduce((sum, part, index) => sum + Number(part ?? 0) * (partsMs[index] as number), 0)
  const unit = units.findLast((name) => ms % unitMs[name] === 0) ?? 'seconds'
  return ms === 0 ? { count: 0, unit: 'minutes' } : { count: ms / unitMs[unit], unit }
}

/** As the configuration has it. */
export function durationOf({ count, unit }: Amount): string {
  const whole = Number.isFinite(count) ? count : 0
  switch (unit) {
    case 'seconds':
      return `PT${whole}S`
    case 'minutes':
      return `PT${whole}M`
    case 'hours':
      return `PT${whole}H`
    case 'days':
      return `P${whole}D`
  }
}
