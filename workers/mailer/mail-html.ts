import { formattedText, type Inline } from '../../engine/texts/markup.ts'

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string)
}

/** An agent's text as the widget shows it, in the tags of old mail programs. */
export function htmlOf(text: string): string {
  return formattedText(text)
    .map((block) => {
      if ('code' in block) return `<pre style="white-space:pre-wrap">${escaped(block.code)}</pre>`
      if ('inline' in block) return inlineHtml(block.inline).replaceAll('\n', '<br>')
      const [first] = block.items
      const items = block.items.map(({ inline }) => `<li>${inlineHtml(inline)}</li>`).join('')
      return first?.number === undefined ? `<ul>${items}</ul>` : `<ol start="${first.number}">${items}</ol>`
    })
    .join('')
}

function inlineHtml(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if ('code' in part) return `<code>${escaped(part.code)}</code>`
      if ('strong' in part) return `<strong>${inlineHtml(part.strong)}</strong>`
      if ('emphasis' in part) return `<em>${inlineHtml(part.emphasis)}</em>`
      return part.href ? `<a href="${escaped(part.href)}">${escaped(part.text)}</a>` : escaped(part.text)
    })
    .join('')
}
