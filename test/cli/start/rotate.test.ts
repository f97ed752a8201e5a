import { expect, it } from 'vitest'
import { connectNats } from '../../../engine/nats/connect.ts'
import { customerOf, openDesk, signedInBy } from '../../gateway/test-gateway.ts'
import { freePort } from '../../test-server.ts'
import { commandHost } from '../command-host.ts'
import { startEmbedded } from './embedded.ts'

const frontdesk = commandHost()

it('passwords and the signing key are replaced while people are connected; the former passwords are refused', async () => {
  const { running, data } = await startEmbedded(await freePort())
  const [, former = '', http = ''] = /nats=(\S+) http=(\S+)/.exec(running.stdout()) ?? []
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await frontdesk(args, { env: { FRONTDESK_DATA: data } })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }
  const gateway = { url: http }
  const [, code = ''] = /#code=(\S+)/.exec(await run('sign-in', 'Ann')) ?? []
  const ann = await signedInBy(code, http)
  const desk = await openDesk(gateway, ann)
  let { client, session } = await customerOf(gateway)
  client.send({ type: 'message', clientId: 'before', text: 'Before' })
  await client.first('record')

  expect(await run('rotate', 'signing-key')).toMatch(/^signing-key rotated: .* until 20\S+Z\n$/)
  expect(await run('rotate', 'passwords')).toBe('passwords rotated\n')

  await expect(connectNats(former, 'test')).rejects.toThrow(/authorization/i)
  // A gateway without a connection closes a client that sends, with `unavailable`: the client comes back and sends it again.
  await expect
    .poll(async () => {
      if (client.closed) ({ client } = await customerOf(gateway, { channel: 'web', session }))
      client.send({ type: 'message', clientId: 'after', text: 'After' })
      return client.texts()
    })
    .toContain('After')
  expect(desk.closed).toBe(0)
  const again = await customerOf(gateway, { channel: 'web', session })
  expect(again.client.texts()).toContain('Before')
  const me = await fetch(`${http}/v1/me?role=agent`, { headers: ann })
  expect(await me.json()).toMatchObject({ id: 'ann' })
  expect((await fetch(`${http}/healthz`)).status).toBe(200)

  const audit = await run('audit')
  for (const what of ['signing-key', 'passwords']) expect(audit).toContain(`rotated  secret ${what}`)
  // Neither the new passwords nor the former ones were printed or logged.
  const secret = new URL(former).password
  expect(`${audit}${running.stderr()}`).not.toContain(secret)
  for (const each of [client, again.client, desk]) each.close()
})
