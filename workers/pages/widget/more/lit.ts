import type * as Lit from 'lit/html.js'

/** Lit's functions, which the widget's script brings: a page loads Lit once. */
export type LitParts = Pick<typeof Lit, 'html' | 'nothing' | 'render'>

export let html: LitParts['html']
export let nothing: LitParts['nothing']
export let render: LitParts['render']

/** Called once, before anything is rendered. */
export function useLit(lit: LitParts): void {
  html = lit.html
  nothing = lit.nothing
  render = lit.render
}
