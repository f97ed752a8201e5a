import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../nats-server/temporary-folder.ts'
import { freePort, startTestServer } from '../../test-server.ts'
import { start } from './embedded.ts'

describe('a gateway alone', () => {
  it('says that it waits for the streams where there are none, and goes on with a data folder that cannot be written', async () => {
    const server = await startTestServer()
    onTestFinished(server.stop)
    // A file in the place of the folder: not even root can write into it.
    const data = join(await temporaryFolder(), 'file')
    await writeFile(data, '')
    const env = { NATS_URL: server.url, FRONTDESK_DATA: data, FRONTDESK_PORT: `${await freePort()}` }
    const gateway = start(['gateway'], env)
    await gateway.logs('waiting for an engine')
    const engine = start(['engine'], { NATS_URL: server.url })
    await gateway.logs('"msg":"ready"')
    expect(gateway.stderr()).toMatch(/"role":"gateway".*the data folder cannot be written/)
    await engine.logs(/"role":"engine".*"msg":"ready"/)
    expect((await fetch(`http://127.0.0.1:${env.FRONTDESK_PORT}/healthz`)).status).toBe(200)

    const second = start(['gateway'], { ...env, FRONTDESK_PORT: `${await freePort()}` })
    await second.logs('"msg":"ready"')
    expect(second.stderr()).not.toContain('waiting for an engine')
  })
})
