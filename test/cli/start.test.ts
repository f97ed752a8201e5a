import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listProcesses } from '../nats-server/list-processes.ts'
import { temporaryFolder } from '../nats-server/temporary-folder.ts'
import { freePort, startTestServer } from '../test-server.ts'
import { frontdesk, type Running, startFrontdesk } from './frontdesk.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))

function start(args: string[], env: Record<string, string>, cwd?: string): Running {
  const running = startFrontdesk(args, { env, ...(cwd && { cwd }) })
  onTestFinished(async () => {
    running.child.kill('SIGKILL')
    await running.ended
  })
  return running
}

async function startEmbedded(port: number, folder?: string) {
  const data = folder ?? (await temporaryFolder())
  const running = start(['start'], { FRONTDESK_DATA: data, FRONTDESK_NATS_PORT: String(port) })
  await running.prints('ready ')
  return { running, data }
}

async function processesOf(folder: string): Promise<string[]> {
  const look = () => listProcesses().flatMap(({ command }) => (command.includes(folder) ? [command] : []))
  for (let tries = 0; look().length > 0 && tries < 50; tries++) await sleep(100)
  return look()
}

describe('start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('is ready, and %s ends all that it started', async (signal) => {
    const port = await freePort()
    const { running, data } = await startEmbedded(port)
    const ready = running.stdout()
    expect(ready).toMatch(
      new RegExp(
        `^ready nats=nats://frontdesk:[\\w-]+@127\\.0\\.0\\.1:${port} http=http://127\\.0\\.0\\.1:\\d+\n$`,
      ),
    )
    const http = ready.trim().split(' http=')[1]
    expect((await fetch(`${http}/healthz`)).status).toBe(200)
    // The other commands find it by its data folder, and it answers at once.
    const chat = await frontdesk(['chat'], { env: { FRONTDESK_DATA: data }, input: 'Hello\n/end\n' })
    expect(chat.stdout).toContain('Bot: Thanks, an agent will be with you shortly.')
    running.child.kill(signal)
    const { code, stdout } = await running.ended
    expect(code).toBe(0)
    expect(stdout).toBe(ready)
    expect(await processesOf(data)).toEqual([])
    await expect(fetch(`${http}/healthz`)).rejects.toThrow()
  })

  it('prints four links, of which the agent’s, the administrator’s and the engineer’s sign in once', async () => {
    const { running } = await startEmbedded(await freePort())
    await running.logs(/Engineer +http\S+\n/)
    const linkOf = (who: string) => new RegExp(`${who} +(http\\S+)`).exec(running.stderr())?.[1] ?? ''
    expect((await fetch(linkOf('Customer'))).status).toBe(200)
    for (const [who, role] of [
      ['Agent', 'agent'],
      ['Administrator', 'administrator'],
      ['Engineer', 'engineer'],
    ] as const) {
      const { origin, hash } = new URL(linkOf(who))
      const signIn = () =>
        fetch(`${origin}/v1/sign-in`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin },
          body: JSON.stringify({ code: hash.replace('#code=', '') }),
        })
      expect(await (await signIn()).json()).toMatchObject({ roles: [role] })
      expect((await signIn()).status).toBe(401)
    }
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
    expect(await processesOf(data)).toEqual([])
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
      /^ready nats=nats:\/\/frontdesk:[\w-]+@127\.0\.0\.1:\d+ http=http:\/\/127\.0\.0\.1:\d+\n$/,
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
    expect(await processesOf(data)).toEqual([])
  })

  it('fails with advice if the number of partitions differs', async () => {
    const { running, data } = await startEmbedded(await freePort())
    running.child.kill()
    await running.ended
    const env = { FRONTDESK_DATA: data, FRONTDESK_PARTITIONS: '4' }
    const { code, stdout, stderr } = await frontdesk(['start'], { env })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/\nfrontdesk: .*set FRONTDESK_PARTITIONS=16\n$/)
    expect(await processesOf(data)).toEqual([])
  })
})

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

  it('end in bounded time if NATS is gone', async () => {
    const port = await freePort()
    const { running, data } = await startEmbedded(port)
    const [, NATS_URL = ''] = /nats=(\S+)/.exec(running.stdout()) ?? []
    const env = { NATS_URL }
    const workers = ['engine', 'notifier', 'caller'].map((role) => start([role], env))
    for (const worker of workers) await worker.logs('"msg":"ready"')
    running.child.kill()
    await running.ended
    expect(await processesOf(data)).toEqual([])
    const before = Date.now()
    for (const worker of workers) worker.child.kill()
    for (const worker of workers) expect((await worker.ended).code).toBe(0)
    expect(Date.now() - before).toBeLessThan(10_000)
  })

  it('wait for NATS, and not for ever', async () => {
    const engine = start(['engine'], { NATS_URL: `nats://127.0.0.1:${await freePort()}` })
    await engine.logs('NATS cannot be reached yet')
    const { code, stderr } = await engine.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/\nfrontdesk: no NATS server could be reached at .*\n$/)
  })
})
