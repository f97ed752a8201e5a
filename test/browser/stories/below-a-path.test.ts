import { expect, test } from 'vitest'
import { portOf } from '../breakable-line.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { startPathProxy } from '../path-proxy.ts'

const app = useFrontdesk()

test('all pages work behind a proxy that serves the gateway below a path', async () => {
  const proxy = await startPathProxy('/support', portOf(app.gateway.url))
  app.onEnd(() => proxy.stop())
  const { url } = proxy
  const channel = await app.newChannel()

  const customer = await app.openWaitingCustomer(channel, { url, name: 'José' })
  const desk = await app.openDesk('Ann', channel, { url })
  await desk.accept('José')
  await customer.sees('Ann has joined.')
  const idle = await app.openDesk('Ben', `${channel}-idle`, { url })
  const link = idle.page.getByRole('link', { name: /customer/i })
  expect(await link.evaluate(({ href }: HTMLAnchorElement) => href)).toBe(`${url}/`)

  const admin = await app.openAdmin(`#/channels/${channel}/settings`, { url })
  await admin.page.getByText(`<script src="${url}/widget.js"></script>`).waitFor()
  await admin.goTo('Channels')
  await admin.page.getByRole('link', { name: channel }).waitFor()

  const inspector = await app.openInspector({ url })
  await inspector.page.getByRole('row').nth(1).waitFor()
  await inspector.page.goto(`${url}/inspector/stately`)
  await inspector.page.getByRole('heading').first().waitFor()

  const lost = await app.newPage({ allowed: /status of 404/ })
  await lost.goto(`${url}/no/such/page`)
  await lost.getByRole('link', { name: 'The administration' }).click()
  await lost.waitForURL(`${url}/admin`)
})
