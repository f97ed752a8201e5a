import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import type { CustomerPresence } from '../../../../schemas/conversation/presence.ts'
import { waited } from '../../base/time.ts'
import { nameOfLanguage } from '../../base/words.ts'
import { words } from '../language.ts'

/** A customer's short name. */
export function customerName(request: OpenRequest | null): string {
  return request?.customer.name?.trim() || request?.customer.email || words.visitor
}

export function agentName(agent: { id: string; name?: string | undefined } | undefined): string {
  return agent?.name?.trim() || agent?.id || words.another
}

/** A locale in the reader's language. */
export function languageName(locale: string): string {
  return nameOfLanguage(locale, words.language)
}

/** Whether the customer is there: `here`, `left 3 min ago`. `now` in epoch milliseconds. */
export function presenceText({ state, at }: CustomerPresence, now: number): string {
  return state === 'gone' ? words.left(waited(at, now)) : words.presence[state]
}

/** The facts by which a request differs from the others: its channel, if there are several, and another language. */
export function originOf({ channel, locale }: OpenRequest, hasChannels: boolean): string {
  const isOwnLanguage = locale.split('-', 1)[0] === words.language
  return [...(hasChannels ? [channel] : []), ...(isOwnLanguage ? [] : [languageName(locale)])].join(' · ')
}
