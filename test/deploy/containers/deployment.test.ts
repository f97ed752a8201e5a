import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../engine/test-world.ts'
import type { Customer } from '../../gateway/test-gateway.ts'
import { customerOf, openDesk, signedInBy, TestClient } from '../../gateway/test-gateway.ts'
import { Deployment, docker, obstacle } from './deployment.ts'

/* The image and docker-compose.yml in a real Docker engine: `npm run test:containers -- deploy`. */

const stopMsMax = 10_000
/** Of a client that comes back while NATS elects leaders, with half a second between: a minute in all. */
const triesMax = 120
const pauseMs = 500
/** After which a client comes back by itself. */
const answerMsMax = 15_000
const imageBytesMax = 400_000_000

const found = await obstacle()
if (found)
  process.stderr.write(`the image cannot be built here: SKIPPED, which is not the same as passed: ${found}\n`)
const report = (line: string) => process.stderr.write(`${line}\n`)

/** Sends a message and waits until it is stored and shown. */
async function say(client: Customer, text: string): Promise<void> {
  const clientId = text.replaceAll(' ', '-')
  client.send({ type: 'message', clientId, text })
  await client.first('record', (record) => record.clientId === clientId)
}

/** Stops a container as an orchestrator does; how long it took to end by itself, in milliseconds. */
async function stop(container: string): Promise<number> {
  const begun = performance.now()
  await docker('stop', '--time', '30', container)
  const took = performance.now() - begun
  expect(await docker('inspect', '--format', '{{.State.ExitCode}}', container)).toBe('0')
  return took
}

describe.skipIf(found)('docker-compose.yml', () => {
  let deployment: Deployment
  beforeAll(async () => {
    deployment = await Deployment.of('frontdesk-test', ['docker-compose.yml'])
    await deployment.compose('build')
    report(`healthy after ${Math.round((await deployment.up()) / 100) / 10} s`)
  })
  afterAll(() => deployment?.remove())

  it('is an image of which no part is root’s to change', async () => {
    const [image] = JSON.parse(await docker('image', 'inspect', 'frontdesk:0.1.0'))
    expect(image.Config.User).toBe('1000:1000')
    expect(image.Config.Healthcheck.Test.slice(0, 2)).toEqual(['CMD', 'node'])
    expect(image.Size).toBeLessThan(imageBytesMax)
    report(`the image has ${Math.round(image.Size / 1e6)} MB`)
  })

  it.each(['engine', 'notifier', 'caller', 'gateway'])('%s runs without rights', async (service) => {
    const [container = ''] = await deployment.containers(service)
    const inside = (...command: string[]) => docker('exec', container, ...command)
    expect(await inside('id', '-u')).toBe('1000')
    expect(await inside('grep', '-h', '^Cap[EBP]', '/proc/1/status')).toMatch(/^(Cap\w+:\s+0{16}\s*){3}$/)
    await expect(inside('touch', '/frontdesk/x')).rejects.toThrow('Read-only file system')
    expect(await inside('cat', '/proc/1/cmdline')).toMatch(/^node\0/)
    const memory = await docker('stats', '--no-stream', '--format', '{{.MemUsage}}', container)
    report(`${service}: ${memory.split(' ')[0]}`)
  })

  it('takes a conversation through the gateway, with an agent who signed in by a link', async () => {
    const link = await deployment.compose('run', '--rm', '--no-TTY', 'frontdesk', 'sign-in', 'Ann')
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:8080\/desk#code=/)
    const { client, conversation } = await customerOf(deployment)
    await say(client, 'Is anybody there')
    const desk = await openDesk(deployment, await signedInBy(link.split('code=')[1] ?? '', deployment.url))
    desk.send({ type: 'accept', conversation, clientId: 'accept', request: 1 })
    await client.first('record', ({ status }) => status?.state === 'withAgent')
    client.close()
    desk.close()
  })

  it('loses and repeats nothing while each engine is stopped, started and killed', async () => {
    const { client } = await customerOf(deployment)
    const sent: string[] = []
    const send = async (text: string) => {
      sent.push(text)
      await say(client, text)
    }
    const [first = '', second = ''] = await deployment.containers('engine')
    await send('before')
    const took = await stop(first)
    expect(took).toBeLessThan(stopMsMax)
    await send('after a stop')
    await docker('start', first)
    await send('after a start')
    await docker('kill', second)
    await send('after a kill')
    await docker('start', second)
    await send('at the end')
    expect(client.texts().filter((text) => sent.includes(text))).toEqual(sent)
    client.close()
  })

  it('stops every worker within ten seconds, with exit code 0', async () => {
    // As a container's first process, Node ignores SIGTERM until the worker has a handler for it.
    await until(() => deployment.isHealthy())
    for (const service of ['engine', 'notifier', 'caller', 'gateway'])
      for (const container of await deployment.containers(service))
        expect([service, (await stop(container)) < stopMsMax]).toEqual([service, true])
  })
})

describe.skipIf(found)('three-nodes.yml', () => {
  let deployment: Deployment
  beforeAll(async () => {
    deployment = await Deployment.of('frontdesk-three', [
      'docker-compose.yml',
      'workers/deploy/three-nodes.yml',
    ])
    await deployment.compose('build')
    report(`three nodes healthy after ${Math.round((await deployment.up()) / 100) / 10} s`)
  })
  afterAll(() => deployment?.remove())

  /** Whether a new customer's message is shown; the gateway turns clients away while NATS elects a leader. */
  async function isServed(text: string): Promise<boolean> {
    const client: Customer = await TestClient.open(deployment, '/v1/widget')
    const isShown = () => client.all('record').some(({ clientId }) => clientId === text)
    client.send({ type: 'hello', channel: 'web' })
    client.send({ type: 'message', clientId: text, text })
    await until(() => client.closed !== 0 || isShown(), answerMsMax).catch(() =>
      report(`no answer, only ${client.frames.map(({ type }) => type)}`),
    )
    client.close()
    return isShown()
  }

  it('serves customers while any one node is dead', async () => {
    for (const node of ['nats', 'nats-2', 'nats-3']) {
      const [container = ''] = await deployment.containers(node)
      await docker('kill', container)
      const begun = performance.now()
      let tries = 1
      for (; !(await isServed(`without-${node}`)); tries++) {
        expect(tries).toBeLessThan(triesMax)
        await sleep(pauseMs)
      }
      report(`${node} killed: served after ${tries} tries, ${Math.round(performance.now() - begun)} ms`)
      await docker('start', container)
      await until(() => deployment.isHealthy())
    }
  })
})
