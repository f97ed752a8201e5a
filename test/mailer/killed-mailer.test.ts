import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { streams } from '../../engine/nats/topology.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'
import { leftConversation, says } from './conversation-by-hand.ts'
import { startTestMailServer, type TestMailServer } from './test-mail-server.ts'

const script = fileURLToPath(new URL('./mailer-process.ts', import.meta.url))

let world: TestWorld
let mails: TestMailServer
let mailer: ChildProcess | undefined
beforeEach(async () => {
  world = await startTestWorld()
  await world.startEngine()
})
afterEach(async () => {
  mailer?.kill('SIGKILL')
  await world?.stop()
  await mails?.close()
})

async function startProcess(): Promise<void> {
  const child = fork(script, [world.server.url, mails.url], { execArgv: ['--import', 'tsx'] })
  mailer = child
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('the mailer has ended'))),
  ])
}

/** As a power cut does; settles once it is gone. */
async function kill(): Promise<void> {
  const child = mailer as ChildProcess
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

const nothingQueued = () =>
  until(async () => (await world.nats.jsm.streams.info(streams.mail)).state.messages === 0)

const toldAgents = async () =>
  (await world.records('c1')).filter(({ event }) => event.type === 'mail.sent').length

describe('a mailer is killed', () => {
  test('between queueing and sending: one e-mail', async () => {
    const seen: number[] = []
    mails = await startTestMailServer({
      recipient: async (n) => {
        seen.push(n)
        // The first one has decided and begun, and the mail server has accepted nothing.
        if (n === 1) await kill()
      },
    })
    await startProcess()
    await leftConversation(world, 'c1')
    await says(world, 'c1', 'hello')
    await until(() => mailer?.signalCode === 'SIGKILL')
    await startProcess()
    await until(() => mails.got.length === 1)
    await nothingQueued()
    expect(seen).toEqual([1, 2])
    expect(mails.got).toHaveLength(1)
    expect(await toldAgents()).toBe(1)
  })

  test('between sending and noting: one repeat at most, with the same Message-ID', async () => {
    mails = await startTestMailServer({
      got: async () => {
        // The mail server has the e-mail; its answer does not arrive.
        if (mails.got.length === 1) await kill()
      },
    })
    await startProcess()
    await leftConversation(world, 'c1')
    await says(world, 'c1', 'hello')
    await until(() => mailer?.signalCode === 'SIGKILL')
    // Said while no mailer runs: it does not change the e-mail that is repeated.
    await says(world, 'c1', 'are you there?')
    await startProcess()
    await until(() => mails.got.length === 2)
    await until(async () => (await toldAgents()) === 1)
    const [first, second] = mails.got.map(({ mail }) => mail)
    expect(second?.messageId).toBe(first?.messageId)
    expect(second?.messageId).toMatch(/^<[a-z2-7]{16}\.\d+@acme\.example>$/)
    // The links in it are signed anew; what was said is the same.
    const said = (text = '') => text.slice(0, text.indexOf('#frontdesk='))
    expect(said(second?.text)).toBe(said(first?.text))
    expect(mails.got).toHaveLength(2)
  })

  test('before it has queued anything: no message of an agent is forgotten', async () => {
    mails = await startTestMailServer()
    await startProcess()
    await kill()
    await leftConversation(world, 'c1')
    await says(world, 'c1', 'hello')
    await startProcess()
    await until(() => mails.got.length === 1)
    await nothingQueued()
    expect(mails.got[0]?.mail.text).toContain('hello')
  })
})
