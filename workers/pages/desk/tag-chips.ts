import { html, nothing, type TemplateResult } from 'lit'

/** What a bot says that a request is about; of more than `shownMax` only how many more there are. */
export function tagChips(tags: readonly string[], shownMax = tags.length): TemplateResult {
  const more = tags.length - shownMax
  return html`${tags.slice(0, shownMax).map((tag) => html`<span class="chip tag" dir="auto" title=${tag}>${tag}</span>`)}
    ${more > 0 ? html`<span class="chip">+${more}</span>` : nothing}`
}
