import pino from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Outage } from '../../workers/gateway/http/outage.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function logged() {
  const lines: { msg: string; reason?: string; failures?: number; seconds?: number }[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  return { outage: new Outage('customers', log), lines }
}

const full = new Error('JetStream: insufficient resources (10023)')
const fail = (outage: Outage, times: number, error: Error = full) => {
  for (let n = 0; n < times; n++) {
    outage.failed(error)
    vi.advanceTimersByTime(1_000)
  }
}

test('an outage is logged once for each reason, and once at its end', () => {
  const { outage, lines } = logged()
  fail(outage, 20)
  fail(outage, 20, new Error('cannot publish to frontdesk.inbox.c1.x', { cause: new Error('disconnected') }))
  expect(lines.map(({ reason }) => reason)).toEqual([full.message, 'disconnected'])
  vi.advanceTimersByTime(5_000)
  outage.served()
  outage.served()
  expect(lines.slice(2)).toMatchObject([{ msg: 'clients are served again', failures: 40, seconds: 39 }])
  fail(outage, 1)
  expect(lines).toHaveLength(4)
})

test('events that are stored in turns with failures do not end it', () => {
  const { outage, lines } = logged()
  for (let n = 0; n < 20; n++) {
    fail(outage, 1)
    outage.served()
  }
  expect(lines).toHaveLength(1)
})

test('it is over for the log after a quiet minute', () => {
  const { outage, lines } = logged()
  fail(outage, 1)
  vi.advanceTimersByTime(61_000)
  fail(outage, 1)
  expect(lines).toHaveLength(2)
})

test('it is now until something is stored, or for a while', () => {
  const { outage } = logged()
  expect(outage.now(15_000)).toBeUndefined()
  fail(outage, 1)
  expect(outage.now(15_000)).toBe(full.message)
  outage.served()
  expect(outage.now(15_000)).toBeUndefined()
  fail(outage, 1)
  vi.advanceTimersByTime(15_000)
  expect(outage.now(15_000)).toBeUndefined()
})

test('reasons that all differ do not fill the log', () => {
  const { outage, lines } = logged()
  for (let n = 0; n < 100; n++) outage.failed(new Error(`reason ${n}`))
  expect(lines.length).toBeLessThan(10)
})
