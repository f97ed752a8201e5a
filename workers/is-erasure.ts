import type { PublicRecord } from '../engine/nats/views/stored-records.ts'

/** The record that a conversation was erased: all before it is gone. */
export function isErasure({ event, outcome }: PublicRecord): boolean {
  return event.type === 'admin.erased' && outcome === 'applied'
}
