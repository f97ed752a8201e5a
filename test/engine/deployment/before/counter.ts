import { defineConversation } from '../../../../engine/machines/define-conversation.ts'
import { counter } from '../counter-machine.ts'

export default defineConversation({ id: 'counter', version: 1, machine: counter('counting', 'Number') })
