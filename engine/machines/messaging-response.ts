import { beginningOf } from './context.ts'
import { conversationParts } from './states.ts'

const { setup, root, responseStates, agentStates } = conversationParts()

/** The machine of channels without a bot: ask, collect the details, queue for an agent, talk, end. */
export const messagingResponse = setup.createMachine({
  ...root,
  id: 'messagingResponse',
  context: beginningOf,
  initial: 'greeting',
  states: { ...responseStates, ...agentStates },
})
