import { html, nothing, type TemplateResult } from 'lit'

export interface FieldParts {
  /** The control's id; the texts around it derive theirs from it. */
  id: string
  label: TemplateResult | string
  /** Stands at the end of the label's line. */
  beside?: unknown
  /** Helps to fill it in. */
  hint?: unknown
  /** The problem in words. */
  error?: string
  /** The value is accepted, and may mean something else than it looks. */
  warning?: unknown
}

/** The attributes that tie a control to the texts around it. */
export interface ControlAttributes {
  id: string
  invalid: 'true' | 'false'
  describedBy: string | typeof nothing
}

/** A label, its control, and below it the hint and the error. */
export function field(parts: FieldParts, control: (attributes: ControlAttributes) => TemplateResult) {
  const { id, label, beside, hint, error, warning } = parts
  const texts = Object.entries({ error, warning, hint })
  const ids = texts.flatMap(([name, text]) => (text ? [`${id}-${name}`] : []))
  return html`
    <div class="row">
      ${
        beside === undefined
          ? html`<label for=${id}>${label}</label>`
          : html`<div class="label-line"><label for=${id}>${label}</label>${beside}</div>`
      }
      ${control({ id, invalid: error ? 'true' : 'false', describedBy: ids.join(' ') || nothing })}
      ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}
      ${error ? html`<p class="field-error" id="${id}-error">${error}</p>` : nothing}
      ${warning ? html`<p class="field-warning" id="${id}-warning">${warning}</p>` : nothing}
    </div>
  `
}

export interface SelectOptions<T extends string> {
  value: T
  options: readonly (readonly [value: T, label: string])[]
  choose?: (value: T) => void
  id?: string
  name?: string
  /** For a control without its own label. */
  label?: string
  invalid?: 'true' | 'false'
  describedBy?: string | typeof nothing
  /** More classes. */
  look?: string
}

/** One of several values, by their labels. */
export function select<T extends string>(given: SelectOptions<T>) {
  const { value, options, choose, id, name, label, invalid, describedBy, look = '' } = given
  return html`
    <select
      class="field ${look}"
      id=${id ?? nothing}
      name=${name ?? nothing}
      aria-label=${label ?? nothing}
      aria-invalid=${invalid ?? nothing}
      aria-describedby=${describedBy ?? nothing}
      @change=${(event: Event) => choose?.((event.target as HTMLSelectElement).value as T)}
    >
      ${options.map(([key, text]) => html`<option value=${key} .selected=${key === value}>${text}</option>`)}
    </select>
  `
}

/** One of a few values, all of them in sight. */
export function segments<T extends string>(
  label: string,
  options: readonly (readonly [value: T, label: string])[],
  chosen: T,
  choose: (value: T) => void,
  look = '',
) {
  return html`
    <div class="segments ${look}" role="group" aria-label=${label}>
      ${options.map(
        ([value, text]) => html`
          <button type="button" aria-pressed=${value === chosen} @click=${() => choose(value)}>${text}</button>
        `,
      )}
    </div>
  `
}
