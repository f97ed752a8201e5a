import type { DocumentChange } from '../../../../schemas/protocol/admin.ts'
import { formatMoment } from '../../base/time.ts'
import { locale, words } from '../language.ts'

/** `Changed by Ada on 5 Jun 2026, 15:00` */
export function changeText({ changedAt, changedBy }: DocumentChange, isDeletion = false): string {
  const when = formatMoment(changedAt, locale, { dateStyle: 'medium', timeStyle: 'short' })
  if (changedBy === undefined) return isDeletion ? words.deletedAt(when) : words.changedAt(when)
  return isDeletion ? words.deletedBy(changedBy, when) : words.changedBy(changedBy, when)
}
