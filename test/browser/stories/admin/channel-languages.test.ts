import { expect, test } from 'vitest'
import { useFrontdesk } from '../../frontdesk.ts'
import { axe } from '../../pages/accessibility.ts'

const app = useFrontdesk()

test('a text gets another language, its preview follows, and a built-in text is replaced by name', async () => {
  const { id } = app
  await app.configure('channel', { id, duringHours: { firstMessage: 'Welcome!' } })
  const admin = await app.openAdmin(`#/channels/${id}/responses`)
  const { page } = admin
  const text = admin.firstMessage()
  const response = admin.response()
  await response.getByLabel('First message: add a language').selectOption({ label: 'French' })
  await expect.poll(() => text.inputValue()).toBe('')
  await text.fill('Bienvenue !')
  await admin.preview.getByText('Bienvenue !').waitFor()
  await admin.preview.getByLabel('Écrivez un message').waitFor()
  await response.getByRole('button', { name: 'English', exact: true }).click()
  await expect.poll(() => text.inputValue()).toBe('Welcome!')
  await admin.preview.getByText('Welcome!').waitFor()

  await page.getByText('Texts of the conversation').click()
  const joined = page.getByLabel('An agent has joined', { exact: true })
  await expect.poll(() => joined.getAttribute('placeholder')).toBe('{{agent.name}} has joined.')
  await joined.fill('{{agent.nam}} is here.')
  await page.getByText('There is no {{agent.nam}}.').waitFor()
  await joined.fill('{{agent.name}} is here.')
  expect.soft(await axe(page)).toEqual([])
  await admin.save()
  expect(await app.stored('channel', id)).toEqual({
    id,
    duringHours: { firstMessage: { en: 'Welcome!', fr: 'Bienvenue !' } },
    texts: { joined: '{{agent.name}} is here.' },
  })
})

test('a saved reply gets another language', async () => {
  const { id } = app
  await app.configure('reply', { id, title: 'Refunds', text: 'Hello {{customer.name}}' })
  const admin = await app.openAdmin(`#/replies/${id}`)
  const { page } = admin
  const text = page.getByLabel('Text', { exact: true })
  await expect.poll(() => text.inputValue()).toBe('Hello {{customer.name}}')
  await page.getByLabel('Text: add a language').selectOption({ label: 'French' })
  await expect.poll(() => text.inputValue()).toBe('')
  await text.fill('Bonjour {{customer.nom}}')
  await page.getByText('There is no {{customer.nom}}.').waitFor()
  await text.fill('Bonjour ')
  await page.getByRole('button', { name: 'Insert {{customer.name}}' }).click()
  await page.getByRole('complementary').getByText('Bonjour José García').waitFor()
  expect.soft(await axe(page)).toEqual([])
  await admin.save()
  expect(await app.stored('reply', id)).toEqual({
    id,
    title: 'Refunds',
    text: { en: 'Hello {{customer.name}}', fr: 'Bonjour {{customer.name}}' },
  })
})
