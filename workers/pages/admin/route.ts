import type { Kind } from '../../../schemas/configuration/document.ts'

/** The place in the address, `#/channels/web/settings`: a page, a document, a part of it. */
export interface AdminRoute {
  page: string
  id?: string
  part?: string
}

/** The page that lists the documents of a kind. */
export function pageOf(kind: Kind): string {
  return kind === 'reply' ? 'replies' : `${kind}s`
}

/** @param pages all that there are; an unknown address leads to the first */
export function readRoute(hash: string, pages: readonly string[]): AdminRoute {
  const [page = '', id, part] = hash.replace(/^#\/?/, '').split('/').map(decode)
  if (!pages.includes(page)) return { page: pages[0] as string }
  return { page, ...(id && { id }), ...(id && part && { part }) }
}

/** Takes any text: half of a surrogate pair, which `encodeURIComponent` throws at, becomes U+FFFD. */
export function linkTo(page: string, id?: string, part?: string): string {
  const parts = [page, id, part].filter((segment) => segment !== undefined)
  return `#/${parts.map((segment) => encodeURIComponent(segment.replace(/\p{Surrogate}/gu, '\ufffd'))).join('/')}`
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
