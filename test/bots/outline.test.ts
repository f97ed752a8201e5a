import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { outlineOf } from '../../engine/machines/bots/outline.ts'
import type { ChartState } from '../../engine/machines/chart.ts'
import { textsFor } from '../../engine/texts/languages.ts'
import { staffTexts } from '../../engine/texts/staff-languages.ts'
import { type BotFlow, botFlow } from '../../schemas/configuration/bot-flow.ts'
import { flowOf, link, message, options } from './flow.ts'

/** Each state with its words, and each way as a line. */
function linesOf(bot: object, locale = 'en'): string[] {
  const { root, arrows } = outlineOf(botFlow.parse(bot) as BotFlow, {
    ...staffTexts(locale),
    locale,
    texts: textsFor(locale),
  })
  const states = new Map<string, ChartState>()
  const visit = (state: ChartState) => {
    states.set(state.id, state)
    state.children.forEach(visit)
  }
  visit(root)
  for (const { to } of arrows) expect([...states.keys()]).toContain(to)
  return [
    ...[...states.values()].map(({ name, text }) => (text === undefined ? name : `${name}: ${text}`)),
    ...arrows.map(({ from, to, on, guard }) => `${from} --${guard ?? on}-> ${to}`),
  ]
}

test('a bot’s outline has its author’s texts and ways, and nothing of its machine', () => {
  const assistant = parse(readFileSync('test/examples/acme/assistant.yaml', 'utf8'))
  const lines = linesOf(assistant)
  for (const line of [
    'Acme’s assistant: Hi {{customer.name}}! I’m Acme’s assistant.',
    'topic: What is it about?',
    'number: Which order is it? Email, Order number',
    'resolved: Did this answer your question?',
    'An agent',
    'The end',
    'bot/welcome/topic --Opening hours-> bot/hours',
    'bot/welcome/topic --anything else-> bot/person',
    'bot/order/number ---> bot/order/find',
    'bot/order/find --failed-> bot/person',
    'bot/found/1-branch --variables.status is “delivered”-> bot/delivered',
    'bot/hours/1-hours --closed-> bot/closedNow',
    'bot/person/2-transfer ---> agent',
    'bot/goodbye/1-end ---> end',
  ])
    expect(lines).toContain(line)
  expect(lines.join()).not.toMatch(/session\.|ignore|refuse|withAgent|fallBack/)
  expect(linesOf(assistant, 'fr')).toContain('La fin')
})

test('a link is drawn as a way, unless it is all that an answer has', () => {
  const bot = flowOf({
    first: [message('Hi'), link('second')],
    second: [link('third')],
    third: [options('What?', { Again: 'first' })],
  })
  expect(linesOf(bot).filter((line) => line.includes('--'))).toEqual([
    'bot/first/1-message ---> bot/second',
    'bot/second/1-link ---> bot/third',
    'bot/third/1-options --Again-> bot/first',
  ])
})
