import { defineConversation } from '../../../../engine/machines/define-conversation.ts'
import { counter } from '../counter-machine.ts'

/** Another state, another text, and what the first version has counted. */
export default defineConversation({
  id: 'counter',
  version: 2,
  machine: counter('tallying', 'Tally'),
  migrations: {
    1: ({ value, context }) => ({ value: value === 'counting' ? 'tallying' : value, context }),
  },
})
