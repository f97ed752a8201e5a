// White space is looked through from its beginning only: from each place in it would be once for each.
const placeholder = /^\{\{\s*([\w.-]+)\s*\}\}(,?\s*)|(,\s*|(?<!\s)\s*|)\{\{\s*([\w.-]+)\s*\}\}/g

/**
 * Fills `{{path}}` in an administrator's text, in one pass: a filled value, which a customer may have typed, is never
 * filled again. A missing value takes the comma and the white space before it along, or those after it at the
 * beginning: "Thanks {{customer.name}}, …" becomes "Thanks, …".
 */
export function fill(template: string, values: Record<string, string | null | undefined>): string {
  return template
    .trimStart()
    .replace(placeholder, (_, first?: string, after = '', before = '', path = '') => {
      const value = Object.hasOwn(values, first ?? path) ? values[first ?? path] : undefined
      return value ? before + value + after : ''
    })
}

/** As `fill` for text that is not prose, such as a URL: everything but the placeholders stays as it is. */
export function fillIn(template: string, values: Record<string, string | null | undefined>): string {
  return template.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (_, path: string) =>
    Object.hasOwn(values, path) ? (values[path] ?? '') : '',
  )
}
