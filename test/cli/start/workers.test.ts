import { describe, expect, it, onTestFinished } from 'vitest'
import { nothingRunsIn } from '../../nats-server/temporary-folder.ts'
import { freePort, startTestServer } from '../../test-server.ts'
import { frontdesk } from '../frontdesk.ts'
import { start, startEmbedded } from './embedded.ts'

describe('workers alone', () => {
  it('work together, and each ends by itself', async () => {
    const server = await startTestServer()
    onTestFinished(server.stop)
    const env = { NATS_URL: server.url }
    const workers = ['engine', 'engine', 'notifier', 'caller'].map((role) => start([role], env))
    for (const worker of workers) await worker.logs('"msg":"ready"')
    const chat = await frontdesk(['chat'], { env, input: 'Hello\n/end\n' })
    expect(chat.stdout).toContain('Bot: Thanks, an agent will be with you shortly.')
    for (const worker of workers) worker.child.kill()
    for (const worker of workers) {
      const { code, stdout } = await worker.ended
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    }
  })

  it('end if NATS is gone', async () => {
    const port = await freePort()
    const { running, data } = await startEmbedded(port)
    const [, NATS_URL = ''] = /nats=(\S+)/.exec(running.stdout()) ?? []
    const env = { NATS_URL }
    const workers = ['engine', 'notifier', 'caller'].map((role) => start([role], env))
    for (const worker of workers) await worker.logs('"msg":"ready"')
    running.child.kill()
    await running.ended
    await nothingRunsIn(data)
    for (const worker of workers) worker.child.kill()
    for (const worker of workers) expect((await worker.ended).code).toBe(0)
  })

  it('wait for NATS, and not for ever', async () => {
    const engine = start(['engine'], { NATS_URL: `nats://127.0.0.1:${await freePort()}` })
    await engine.logs('NATS cannot be reached yet')
    const { code, stderr } = await engine.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/\nfrontdesk: no NATS server could be reached at .*\n$/)
  })
})
