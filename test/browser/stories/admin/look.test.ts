import { expect, test } from 'vitest'
import { phone } from '../../chromium/launch-browser.ts'
import { useFrontdesk } from '../../frontdesk.ts'
import { axe, fits } from '../../pages/accessibility.ts'

const app = useFrontdesk()

test('a channel’s look: tried in the preview, with its contrast, and worn by the widget before it is seen', async () => {
  const channel = await app.newChannel({ name: 'Acme shop', duringHours: { firstMessage: 'Hi!' } })
  const admin = await app.openAdmin(`#/channels/${channel}/look`, { allowed: /status of 422/ })
  const { page, preview } = admin
  const title = preview.getByRole('heading', { level: 2 })
  await title.getByText('Acme shop').waitFor()
  const colour = page.getByRole('textbox', { name: 'Colour', exact: true })
  await page.getByText('The text on it is white, chosen for you: contrast 6:1.').waitFor()
  await colour.fill('#ffd500')
  await page.getByText('The text on it is black, chosen for you: contrast 14.7:1.').waitFor()
  await page.getByText('On a white page this colour hardly stands out').waitFor()
  const send = preview.getByRole('button', { name: 'Send' })
  const colours = () =>
    send.evaluate((button) => {
      const { backgroundColor, color } = getComputedStyle(button)
      const on =
        color
          .match(/[\d.]+/g)
          ?.slice(-3)
          .map(Number) ?? []
      return [backgroundColor, on.every((part) => part < 0.01)]
    })
  await expect.poll(colours).toEqual(['rgb(255, 213, 0)', true])
  await page.getByLabel('Title', { exact: true }).fill('Ask Acme')
  await title.getByText('Ask Acme').waitFor()
  await admin.group('Side of the window').getByRole('button', { name: 'Left' }).click()
  await page.getByLabel('Logo').fill('http://shop.example/logo.png')
  await admin.saveButton.click()
  await page.getByText('Must be the https address of an image').first().waitFor()
  expect.soft(await axe(page)).toEqual([])
  await page.getByLabel('Logo').fill('')
  await admin.save()
  const look = { accent: '#ffd500', title: 'Ask Acme', side: 'left' }
  expect((await app.stored('channel', channel))?.look).toEqual(look)

  // It is never seen in the default colour.
  const customer = await app.openCustomer(channel)
  const launcher = customer.launcher
  await launcher.waitFor()
  const launched = () =>
    launcher.evaluate((button) => [
      getComputedStyle(button).backgroundColor,
      button.getBoundingClientRect().left < 40,
    ])
  expect(await launched()).toEqual(['rgb(255, 213, 0)', true])
  await launcher.click()
  await customer.panel.getByRole('heading', { name: 'Ask Acme' }).waitFor()
  expect.soft(await axe(customer.page)).toEqual([])
  // The attributes of the page win.
  await customer.page.evaluate(() => {
    document.documentElement.style.setProperty('--frontdesk-accent', '#000080')
    document.querySelector('frontdesk-widget')?.setAttribute('title-text', 'Our own')
  })
  await expect.poll(launched).toEqual(['rgb(0, 0, 128)', true])
  await customer.panel.getByRole('heading', { name: 'Our own' }).waitFor()
})

test('a gateway that does not tell the look in time costs a second, and its look comes later', async () => {
  const channel = await app.newChannel({ look: { accent: '#7a1fa2' } })
  const page = await app.newPage()
  let answer = () => {}
  const isAsked = new Promise<void>((asked) => {
    void page.route('**/v1/widget/look?*', async (route) => {
      asked()
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      await route.continue()
    })
  })
  await page.goto(`${app.gateway.url}/?channel=${channel}`)
  await isAsked
  const launcher = page.getByRole('button', { name: /^Open chat/ }).last()
  await launcher.waitFor()
  const colour = () => launcher.evaluate((button) => getComputedStyle(button).backgroundColor)
  expect(await colour()).toBe('rgb(15, 111, 104)')
  answer()
  await expect.poll(colour).toBe('rgb(122, 31, 162)')
})

test('other sites that may have a channel: addresses become origins, and the lines to embed say it', async () => {
  const channel = await app.newChannel({})
  const admin = await app.openAdmin(`#/channels/${channel}/settings`, { ...phone, allowed: /status of 422/ })
  const { page } = admin
  const origins = page.getByRole('textbox', { name: /^Other sites that may have this channel/ })
  await origins.fill('https://shop.example/cart?a=1\n\nhttps://*.shop.example')
  await origins.blur()
  await expect.poll(() => origins.inputValue()).toBe('https://shop.example\nhttps://*.shop.example')
  await admin.saveButton.tap()
  await page.getByText('Must be an origin such as https://www.example.com').first().waitFor()
  expect.soft(await axe(page)).toEqual([])
  expect(await fits(page)).toBe(true)
  await origins.fill('https://shop.example')
  await origins.blur()
  await admin.save()
  expect((await app.stored('channel', channel))?.origins).toEqual(['https://shop.example'])
  await page.getByText('A page of another origin must be among the sites above').waitFor()
})
