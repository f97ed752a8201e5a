import type { Author } from '../../schemas/conversation/record.ts'
import { plainLine } from './plain-text.ts'

/** How an author is called, in one line. */
export function authorName({ type, id, name }: Author): string {
  switch (type) {
    case 'agent':
      return plainLine(name || id || '') || 'Agent'
    case 'customer':
      return plainLine(name ?? '') || 'Customer'
    case 'bot':
      return 'Bot'
    case 'system':
      return 'Notice'
  }
}
