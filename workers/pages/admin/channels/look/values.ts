import type { WidgetLook } from '../../../../../schemas/configuration/look.ts'

/** The accent of a channel without a look, on a light page. */
export const accentDefault = '#0f6f68'

/** The parts of an edited look that are valid: nothing else is shown in a preview. */
export function shownLook({ accent = '', logo = '', title, side }: WidgetLook = {}): WidgetLook {
  return {
    ...(/^#[0-9a-f]{6}$/i.test(accent) && { accent }),
    ...(/^https:\/\/[^\s"]+$/.test(logo) && URL.canParse(logo) && { logo }),
    ...(title && { title }),
    ...(side && { side }),
  }
}

/** The origin of an address: people copy it with a path, or with a slash at its end. */
export function originIn(line: string): string {
  const text = line.trim()
  if (!/^https?:\/\//i.test(text) || text.includes('*') || !URL.canParse(text)) return text
  return new URL(text).origin
}
