import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { Unready } from '../../schemas/protocol/health.ts'
import { MonitoringServer } from '../../workers/monitoring/monitoring-server.ts'
import { freePort } from '../test-server.ts'

const log = pino({ level: 'silent' })

async function listen(metricsPort: number, portIsGiven = false): Promise<MonitoringServer> {
  const server = await MonitoringServer.listen({ metricsHost: '127.0.0.1', metricsPort, portIsGiven }, log)
  onTestFinished(() => server.close())
  return server
}

const readiness = async ({ url }: MonitoringServer) => {
  const response = await fetch(`${url}/readyz`)
  return { code: response.status, ...((await response.json()) as object) }
}

test('a process is ready when each of its workers is, and until it stops', async () => {
  const server = await listen(await freePort())
  server.expect('engine')
  server.expect('caller')
  expect(await readiness(server)).toMatchObject({ code: 503, reasons: [{ code: 'starting' }] })
  let reasons: Unready[] = []
  server.started('engine', async () => reasons)
  expect(await readiness(server)).toMatchObject({ reasons: [{ code: 'starting', role: 'caller' }] })
  server.started('caller', async () => reasons)
  expect(await readiness(server)).toEqual({ code: 200, status: 'ready' })
  reasons = [{ code: 'no_engine', message: 'none' }]
  // Each worker says the same.
  expect(await readiness(server)).toMatchObject({ code: 503, status: 'unready', reasons })
  server.stopping()
  expect(await readiness(server)).toMatchObject({ code: 503, reasons: [{ code: 'stopping' }] })
  expect((await fetch(`${server.url}/livez`)).status).toBe(200)
})

test('other requests are refused', async () => {
  const { url } = await listen(await freePort())
  expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405)
  expect((await fetch(`${url}/other`)).status).toBe(404)
  expect(await (await fetch(`${url}/livez`, { method: 'HEAD' })).text()).toBe('')
})

test('a port that is taken is an error where it was requested, else the next one is used', async () => {
  const port = await freePort()
  await listen(port)
  expect((await listen(port)).url).not.toContain(`:${port}`)
  await expect(listen(port, true)).rejects.toThrow(
    `port ${port} is taken: set FRONTDESK_METRICS_PORT to another one`,
  )
})
