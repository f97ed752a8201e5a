import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import { words } from '../language.ts'

/** A customer's short name. */
export function customerName(request: OpenRequest | null): string {
  return request?.customer.name?.trim() || request?.customer.email || words.visitor
}

export function agentName(agent: { id: string; name?: string | undefined } | undefined): string {
  return agent?.name?.trim() || agent?.id || words.another
}

/** A locale in the reader's language, such as `English (Canada)`; unchanged if it is not a valid locale. */
export function languageName(locale: string): string {
  try {
    const name = new Intl.DisplayNames(words.language, { type: 'language' }).of(locale) ?? locale
    return name.charAt(0).toLocaleUpperCase(words.language) + name.slice(1)
  } catch {
    return locale
  }
}

/** `Ann Lee` → `AL`: the first characters of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const first = Array.from(words[0] ?? '')[0] ?? ''
  const last = words.length > 1 ? (Array.from(words.at(-1) ?? '')[0] ?? '') : ''
  return (first + last).toUpperCase()
}

/** The facts by which a request differs from the others: its channel, if there are several, and another language. */
export function originOf({ channel, locale }: OpenRequest, hasChannels: boolean): string {
  const isOwnLanguage = locale.split('-', 1)[0] === words.language
  return [...(hasChannels ? [channel] : []), ...(isOwnLanguage ? [] : [languageName(locale)])].join(' · ')
}
