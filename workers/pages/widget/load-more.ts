import { html, nothing, render } from 'lit/html.js'

export type MoreParts = typeof import('./more/more.ts')

/** The style of the parts. */
export const moreSheet = new CSSStyleSheet()
let parts: MoreParts | undefined
let loading: Promise<MoreParts> | undefined

/**
 * The parts of the panel that few visitors need, once they are loaded; `loaded` is called then.
 *
 * @param gateway its URL with a slash at the end; empty: there is none
 */
export function moreParts(gateway: string, loaded: () => void): MoreParts | undefined {
  if (!parts && gateway) void loadMore(gateway).then(loaded)
  return parts
}

/** Loads the script of these parts, and tries again where that fails. */
export function loadMore(gateway: string): Promise<MoreParts> {
  loading ??= load(gateway, 0)
  return loading
}

async function load(gateway: string, failures: number): Promise<MoreParts> {
  try {
    // A browser may remember that an address failed: the next attempt has another one.
    const script: MoreParts = await import(`${gateway}widget/more.js${failures ? `?${failures}` : ''}`)
    script.useLit({ html, nothing, render })
    moreSheet.replaceSync(script.style)
    parts = script
    return script
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** failures))
    return load(gateway, failures + 1)
  }
}
