import { expect, test } from 'vitest'
import { BotReader } from '../../workers/gateway/administration/bot-reader.ts'

test('a bot’s text that takes long to read holds up nobody but its author', async () => {
  const text = `id: long\nanswers:\n${'  - { id: a, steps: [{ type: message, text: x }] }\n'.repeat(500)}`
  let turns = 0
  const turn = () => {
    turns++
    timer = setImmediate(turn)
  }
  let timer = setImmediate(turn)
  const { read } = await new BotReader().readWithPlaces(text, 'long')
  clearImmediate(timer)
  expect(read.ok).toBe(false)
  expect(turns).toBeGreaterThan(0)
})
