import { html, nothing } from 'lit'
import { tagLengthMax, tagsMax } from '../../../../schemas/limits.ts'
import { icons } from '../../base/icons.ts'
import { words } from '../language.ts'

/** A request's tags, to add to and to remove. `change` is told all of them. */
export function tagEditor(tags: readonly string[], change: (tags: string[]) => void) {
  const add = (event: Event) => {
    event.preventDefault()
    const field = (event.target as HTMLFormElement).elements.namedItem('tag') as HTMLInputElement
    const tag = field.value.trim()
    field.value = ''
    if (tag !== '' && !tags.includes(tag)) change([...tags, tag])
  }
  return html`<div class="tags">
    ${tags.map(
      (tag) => html`<span class="mark tag">
        <span dir="auto" title=${tag}>${tag}</span>
        <button
          type="button"
          aria-label=${words.removeTag(tag)}
          @click=${() => change(tags.filter((other) => other !== tag))}
        >${icons.close}</button>
      </span>`,
    )}
    ${
      tags.length < tagsMax
        ? html`<form @submit=${add}>
            <input
              class="field small"
              name="tag"
              maxlength=${tagLengthMax}
              autocomplete="off"
              enterkeyhint="done"
              aria-label=${words.addTag}
              placeholder=${words.addTag}
            />
          </form>`
        : nothing
    }
  </div>`
}
