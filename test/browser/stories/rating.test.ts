import { expect, test } from 'vitest'
import { until } from '../../engine/test-world.ts'
import { useFrontdesk } from '../frontdesk.ts'
import { axe } from '../pages/accessibility.ts'

const app = useFrontdesk()

test('a customer rates the conversation after its end, by keyboard, once', async () => {
  const { world } = app
  const channel = await app.newChannel()
  const customer = await app.openCustomer(channel, { viewport: { width: 1280, height: 560 } })
  await customer.waitInQueue()
  const id = await customer.conversation()
  await world.publish(id, 'agent.accepted', { agent: { id: 'ann', name: 'Ann' } })
  await world.publish(id, 'agent.ended', { agent: { id: 'ann' } })
  const { page, panel, words } = customer
  const question = panel.getByRole('group', { name: words.rate })
  await question.waitFor()
  // Resumed by a reload, it still asks.
  await page.reload()
  await question.waitFor()
  expect(await axe(page)).toEqual([])
  const send = panel.locator('form').getByRole('button', { name: words.send })
  expect(await send.isVisible()).toBe(false)

  await question.getByRole('radio', { name: words.score1 }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  expect(await question.getByRole('radio', { name: words.score4, exact: true }).isChecked()).toBe(true)
  // The button appears with the choice, within the visible part.
  const [button, visible] = [await send.boundingBox(), await customer.transcript.boundingBox()]
  if (!button || !visible) throw new Error('not shown')
  expect(button.y + button.height).toBeLessThanOrEqual(visible.y + visible.height)
  await page.keyboard.press('Tab')
  await page.keyboard.type('quick and kind')
  expect(await axe(page)).toEqual([])
  await page.keyboard.press('Enter')
  await panel.getByText(words.rated).waitFor()
  await until(async () => (await world.records(id)).at(-1)?.rating !== undefined)
  expect((await world.records(id)).at(-1)?.rating).toEqual({ score: 4, text: 'quick and kind' })
  expect(await world.openRequest(channel, id)).toMatchObject({ rating: { score: 4 } })

  await page.reload()
  await panel.getByText(words.rated).waitFor()
  expect(await question.count()).toBe(0)
})
