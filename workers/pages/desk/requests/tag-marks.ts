import { html, nothing } from 'lit'

/** A request's tags, which a bot sets. Of more than `shownMax` tags, the rest is counted. */
export function tagMarks(tags: readonly string[] = [], shownMax = tags.length) {
  const more = tags.length - shownMax
  return html`${tags
    .slice(0, shownMax)
    .map((tag) => html`<span class="mark tag" dir="auto" title=${tag}>${tag}</span>`)}
  ${more > 0 ? html`<span class="mark">+${more}</span>` : nothing}`
}
