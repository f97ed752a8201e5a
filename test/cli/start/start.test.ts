import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { nothingRunsIn, temporaryFolder } from '../../nats-server/temporary-folder.ts'
import { freePort } from '../../test-server.ts'
import { frontdesk } from '../frontdesk.ts'
import { startEmbedded } from './embedded.ts'

const project = fileURLToPath(new URL('../../..', import.meta.url))

describe('start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('is ready, and %s ends all that it started', async (signal) => {
    const port = await freePort()
    const { running, data } = await startEmbedded(port)
    const ready = running.stdout()
    expect(ready).toMatch(
      new RegExp(
        `^ready nats=nats://frontdesk:[\\w-]+@127\\.0\\.0\\.1:${port} http=http://127\\.0\\.0\\.1:\\d+ tz=\\d{4}[a-z]\n$`,
      ),
    )
    const [, http] = / http=(\S+)/.exec(ready) ?? []
    expect((await fetch(`${http}/healthz`)).status).toBe(200)
    // The other commands find it by its data folder, and it answers at once.
    const chat = await frontdesk(['chat'], { env: { FRONTDESK_DATA: data }, input: 'Hello\n/end\n' })
    expect(chat.stdout).toContain('Bot: Thanks, an agent will be with you shortly.')
    running.child.kill(signal)
    const { code, stdout } = await running.ended
    expect(code).toBe(0)
    expect(stdout).toBe(ready)
    await nothingRunsIn(data)
    await expect(fetch(`${http}/healthz`)).rejects.toThrow()
  })

  it('prints four links without codes where no terminal shows them: that output is kept', async () => {
    const { running } = await startEmbedded(await freePort())
    await running.logs(/Engineer +http\S+\n/)
    for (const [who, path] of [
      ['Customer', '/'],
      ['Agent', '/desk'],
      ['Administrator', '/admin'],
      ['Engineer', '/inspector'],
    ] as const) {
      const link = new RegExp(`${who} +(http\\S+)`).exec(running.stderr())?.[1] ?? ''
      expect(new URL(link)).toMatchObject({ pathname: path, hash: '' })
      expect((await fetch(link)).status).toBe(200)
    }
    expect(running.stderr()).toContain('npx frontdesk sign-in <name>')
  })

  it.each([
    ['npm start', ['npm', 'start']],
    ['npx frontdesk start', ['npx', 'frontdesk', 'start']],
  ] as const)('%s ends with all that it started when npm is told to end', async (_, [command, ...args]) => {
    const data = await temporaryFolder()
    const env = { ...process.env, FRONTDESK_DATA: data, FRONTDESK_NATS_PORT: String(await freePort()) }
    const npm = spawn(command, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'ignore'] })
    onTestFinished(() => void npm.kill('SIGKILL'))
    for await (const line of createInterface({ input: npm.stdout })) if (line.startsWith('ready ')) break
    npm.kill('SIGTERM')
    await nothingRunsIn(data)
  })

  it('continues after a kill, at the same address', async () => {
    const port = await freePort()
    const first = await startEmbedded(port)
    const env = { FRONTDESK_DATA: first.data }
    await frontdesk(['chat', 'web', '--conversation', 'c1'], { env, input: 'Hello\n' })
    first.running.child.kill('SIGKILL')
    await first.running.ended
    const second = await startEmbedded(port, first.data)
    const nats = ({ running }: typeof first) => running.stdout().split(' http=')[0]
    expect(nats(second)).toBe(nats(first))
    // Ready means that it answers: no part of the work waits for the dead one to be given up.
    const chat = await frontdesk(['chat', 'web', '--conversation', 'c1'], { env, input: 'Still here\n' })
    expect(chat.stdout).toContain('You: Hello')
    expect(chat.stdout).toContain('You: Still here')
  })

  it('uses another port if its own is taken', async () => {
    const port = await freePort()
    const first = await startEmbedded(port)
    const second = await startEmbedded(port)
    expect(second.running.stdout()).not.toContain(`:${port} `)
    expect(second.running.stdout()).toMatch(
      /^ready nats=nats:\/\/frontdesk:[\w-]+@127\.0\.0\.1:\d+ http=http:\/\/127\.0\.0\.1:\d+ tz=\d{4}[a-z]\n$/,
    )
    for (const { running } of [first, second]) running.child.kill()
    expect((await first.running.ended).code).toBe(0)
    expect((await second.running.ended).code).toBe(0)
  })

  it('fails if its nats-server ends', async () => {
    const { running, data } = await startEmbedded(await freePort())
    process.kill(Number(await readFile(join(data, 'nats.pid'), 'utf8')), 'SIGKILL')
    const { code, stderr } = await running.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/\nfrontdesk: the embedded nats-server has ended.*\n$/)
    await nothingRunsIn(data)
  })

  it('fails with advice if the number of partitions differs', async () => {
    const { running, data } = await startEmbedded(await freePort())
    running.child.kill()
    await running.ended
    const env = { FRONTDESK_DATA: data, FRONTDESK_PARTITIONS: '4' }
    const { code, stdout, stderr } = await frontdesk(['start'], { env })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/\nfrontdesk: .*set FRONTDESK_PARTITIONS=16\n$/)
    await nothingRunsIn(data)
  })
})
