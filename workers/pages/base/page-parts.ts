import { html, nothing, type TemplateResult } from 'lit'
import { icons } from './icons.ts'

/** A page's title, a sentence about it, and its main action. */
export function pageHead(title: unknown, lead: unknown = nothing, action: unknown = nothing) {
  return html`
    <header class="head">
      <div>
        <h1 tabindex="-1">${title}</h1>
        ${lead === nothing ? nothing : html`<p class="lead">${lead}</p>`}
      </div>
      ${action}
    </header>
  `
}

/** The link back to the parent page. `name`: the navigation's label. */
export function crumbs(href: string, label: string, name: string) {
  return html`<nav class="crumbs" aria-label=${name}><a href=${href}>${icons.back}${label}</a></nav>`
}

/** Replaces an empty list: names its future content and the next step. */
export function empty(title: string, text = '', actions: unknown = nothing) {
  return html`
    <section class="empty">
      <h2>${title}</h2>
      ${text ? html`<p>${text}</p>` : nothing}
      ${actions === nothing ? nothing : html`<p class="actions">${actions}</p>`}
    </section>
  `
}

/** While an answer is awaited. */
export function loading(text: string) {
  return html`<p class="hint" role="status">${text}</p>`
}

/** `wide`: left out on narrow screens, as the cells below it are. `isHidden`: for screen readers only. */
export type TableHead = string | { text: string; wide?: true; isHidden?: true }

export function table(heads: readonly TableHead[], rows: unknown, look = '') {
  return html`
    <div class="scroll">
      <table class="list ${look}">
        <thead>
          <tr>${heads.map(tableHead)}</tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `
}

function tableHead(head: TableHead): TemplateResult {
  if (typeof head === 'string') return html`<th scope="col">${head}</th>`
  const { text, wide, isHidden } = head
  return html`
    <th scope="col" class=${wide ? 'wide' : nothing}>
      ${isHidden ? html`<span class="visually-hidden">${text}</span>` : text}
    </th>
  `
}

/** A dialog; it is opened with `showModal()`, and says `close` however it is left. */
export function dialog(id: string, title: string, content: TemplateResult, closed: () => void = () => {}) {
  return html`
    <dialog id=${id} aria-labelledby="${id}-title" @close=${closed}>
      <h2 id="${id}-title">${title}</h2>
      ${content}
    </dialog>
  `
}

/** Stays at the bottom while there is something to save, or a word to say about it. */
export function saveBar(status: { text: string; isDone: boolean; isError: boolean }, actions: unknown) {
  const { text, isDone, isError } = status
  return html`
    <footer class="save-bar" ?data-shown=${text !== ''}>
      <p role="status" class=${isError ? 'field-error' : ''}>
        ${isDone ? icons.check : nothing}${text}
      </p>
      ${actions}
    </footer>
  `
}
