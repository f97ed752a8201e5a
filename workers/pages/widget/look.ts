import type { WidgetLook } from '../../../schemas/configuration/look.ts'

const looks: Record<string, Promise<WidgetLook>> = {}

/** The look of a channel, asked for once a page. None where the gateway cannot be asked. */
export function lookOf(gateway: string, channel: string): Promise<WidgetLook> {
  const url = `${gateway}v1/widget/look?channel=${channel}`
  looks[url] ??= (gateway ? fetch(url) : Promise.reject()).then((answer) => answer.json()).catch(() => ({}))
  return looks[url]
}

/** The rules of a look. What the page itself says wins. */
export function rulesOf({ accent, side }: WidgetLook): string {
  const other = side === 'left' ? 'right' : 'left'
  return (
    (accent ? `:host{--fd-accent:var(--frontdesk-accent,${accent})}` : '') +
    (side
      ? `.root{${side}:calc(var(--inset) + env(safe-area-inset-${side}));${other}:auto}.launcher{margin:0;margin-${other}:auto}`
      : '')
  )
}
