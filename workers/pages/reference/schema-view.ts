import { html, nothing, type TemplateResult } from 'lit'
import type { ShownSchema } from './documents.ts'
import { words } from './words.ts'

/** A text with `code` in backticks, and paragraphs. */
export function prose(text: string): TemplateResult {
  const parts = (line: string) =>
    line.split('`').map((part, n) => (n % 2 === 1 ? html`<code>${part}</code>` : part.replaceAll('*', '')))
  return html`${text.split('\n\n').map((line) => html`<p>${parts(line)}</p>`)}`
}

export function json(value: unknown): TemplateResult {
  return html`<pre class="code" tabindex="0"><code>${JSON.stringify(value, null, 2)}</code></pre>`
}

/** The type of a value in words; the names of schemas are links. */
function typeOf(schema: ShownSchema): TemplateResult | string {
  const { $ref, allOf, anyOf = schema.oneOf, items, prefixItems, additionalProperties } = schema
  const name = $ref?.split('/').at(-1)
  if (name !== undefined) return html`<a href="#/schema/${name}">${name}</a>`
  const [only, ...others] = allOf ?? []
  if (only && others.length === 0) return typeOf(only)
  if (anyOf) return html`${anyOf.map((one, n) => html`${n > 0 ? words.or : nothing}${typeOf(one)}`)}`
  if ('const' in schema) return html`<code>${JSON.stringify(schema.const)}</code>`
  if (schema.enum) return values(schema.enum)
  const tuple = prefixItems ?? (Array.isArray(items) ? items : undefined)
  if (tuple) return html`[${tuple.map((one, n) => html`${n > 0 ? ', ' : nothing}${typeOf(one)}`)}]`
  if (items && !Array.isArray(items)) return html`${words.listOf}${typeOf(items)}`
  if (
    !schema.properties &&
    typeof additionalProperties === 'object' &&
    Object.keys(additionalProperties).length > 0
  )
    return html`${words.mapOf}${typeOf(additionalProperties)}`
  const types = [schema.type ?? []].flat().map((type) => words.types[type] ?? type)
  return types.length > 0 ? types.join(words.or) : words.anything
}

/** More than these are shown when somebody asks for them. */
const valuesShown = 8

function values(all: readonly unknown[]): TemplateResult {
  const shown = html`${all.map((one, n) => html`${n > 0 ? words.or : nothing}<code>${JSON.stringify(one)}</code>`)}`
  if (all.length <= valuesShown) return shown
  return html`<details class="values"><summary>${words.oneOf(all.length)}</summary>${shown}</details>`
}

/** The limits of a value. */
function limitsOf(schema: ShownSchema): string[] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, maxProperties, pattern, format } =
    schema
  return [
    ...(minimum !== undefined ? [words.atLeast(minimum)] : []),
    ...(maximum !== undefined ? [words.atMost(maximum)] : []),
    ...(minLength !== undefined ? [words.charactersMin(minLength)] : []),
    ...(maxLength !== undefined ? [words.charactersMax(maxLength)] : []),
    ...(minItems !== undefined ? [words.entriesMin(minItems)] : []),
    ...(maxItems !== undefined ? [words.entriesMax(maxItems)] : []),
    ...(maxProperties !== undefined ? [words.fieldsMax(maxProperties)] : []),
    ...(format !== undefined ? [format] : pattern !== undefined && pattern.length < 60 ? [pattern] : []),
    ...('default' in schema ? [words.byDefault(JSON.stringify(schema.default))] : []),
  ]
}

/** The object whose fields are shown below a value: its own, or those of the entries of its list. */
function insideOf(schema: ShownSchema): ShownSchema[] {
  if (schema.properties) return [schema]
  const { items, additionalProperties, anyOf = schema.oneOf ?? [] } = schema
  if (items && !Array.isArray(items)) return insideOf(items)
  if (typeof additionalProperties === 'object') return insideOf(additionalProperties)
  return anyOf.flatMap(insideOf)
}

function field(name: string, schema: ShownSchema, isRequired: boolean): TemplateResult {
  return html`
    <li>
      <p class="field-line">
        <code class="field-name">${name}</code>
        <span class="field-type">${typeOf(schema)}</span>
        ${isRequired ? nothing : html`<span class="optional">${words.optional}</span>`}
        ${limitsOf(schema).map((limit) => html`<span class="limit">${limit}</span>`)}
      </p>
      ${schema.description === undefined ? nothing : html`<div class="note">${prose(schema.description)}</div>`}
      ${insideOf(schema).map(fields)}
    </li>
  `
}

function fields({ properties = {}, required = [] }: ShownSchema): TemplateResult {
  const names = Object.keys(properties)
  if (names.length === 0) return html`<p class="hint">${words.noFields}</p>`
  return html`
    <ul class="fields">
      ${names.map((name) => field(name, properties[name] as ShownSchema, required.includes(name)))}
    </ul>
  `
}

/** The schemas that others name, by name. */
export type Named = Record<string, ShownSchema>

/** A schema with its name: its fields, or its variants. Schemas that it names in turn are links. */
export function schemaView(schema: ShownSchema, named: Named): TemplateResult {
  const meant = named[schema.$ref?.split('/').at(-1) ?? '']
  if (meant) return html`<p class="field-type">${typeOf(schema)}</p>${schemaView(meant, named)}`
  if (schema.properties) return fields(schema)
  const variants = schema.anyOf ?? schema.oneOf
  if (variants?.some(({ properties, $ref }) => properties || $ref))
    return html`${variants.map(
      (variant, n) =>
        html`${n > 0 ? html`<p class="or">${words.orElse}</p>` : nothing}${
          variant.$ref ? html`<p class="field-type">${typeOf(variant)}</p>` : schemaView(variant, named)
        }`,
    )}`
  return html`
    <p class="field-line">
      <span class="field-type">${typeOf(schema)}</span>
      ${limitsOf(schema).map((limit) => html`<span class="limit">${limit}</span>`)}
    </p>
    ${insideOf(schema).map(fields)}
  `
}
