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
