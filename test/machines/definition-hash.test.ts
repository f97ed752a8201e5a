import { expect, test } from 'vitest'
import { builtIn } from '../../engine/machines/bots/built-in.ts'
import { compileBot } from '../../engine/machines/bots/compile.ts'
import { definitionHash } from '../../engine/machines/definition-hash.ts'
import { botFlow } from '../../schemas/configuration/bot-flow.ts'
import { end, flowOf, link, message, options, person } from '../bots/flow.ts'

const flow = flowOf({
  start: [
    { type: 'details', fields: ['email'] },
    { type: 'set', variable: 'plan', value: 'free' },
    {
      type: 'branch',
      cases: [{ when: [{ value: 'variables.plan', is: 'free' }], goTo: 'asks' }],
      otherwise: 'asks',
    },
  ],
  asks: [options('Which?', { Call: 'call', Hours: 'hours' })],
  call: [{ type: 'api', url: 'https://api.acme.example/', success: 'resolved', failure: 'person' }],
  hours: [{ type: 'hours', open: 'resolved', closed: 'bye' }],
  resolved: [message('There it is.'), { type: 'resolved', no: 'person', yes: 'bye' }],
  bye: [link('ends')],
  ends: [end('Goodbye!')],
  person,
})

// Stored conversations name these versions, and those of custom machines have the same states in them. A changed
// definition needs a new version with a migration; an engine refuses to start on the conversations of a changed one.
test('the machines of stored conversations are those that were released', () => {
  const hashes = builtIn.map(({ name, machine }) => [name, definitionHash(machine)])
  expect([...hashes, ['a bot', definitionHash(compileBot(botFlow.parse(flow)))]]).toEqual([
    ['messagingResponse@1', '7775df21f5e504d0'],
    ['externalBot@1', '5f640c8e8b73a8bd'],
    ['a bot', 'bfbc4bc2805079f7'],
  ])
})
