import type { AnyStateMachine } from 'xstate'
import { builtInVersions, definitionOf, externalBotId, responseId } from '../definitions.ts'
import { messagingResponse } from '../messaging-response.ts'
import { externalBot } from './external.ts'

/** The machines that come with frontdesk, but for bots that are data: those are compiled. */
export const builtIn = [
  definitionOf(responseId, builtInVersions[responseId], messagingResponse),
  definitionOf(externalBotId, builtInVersions[externalBotId], externalBot as unknown as AnyStateMachine),
] as const
