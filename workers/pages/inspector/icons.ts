import { html, type SVGTemplateResult, svg } from 'lit'

const icon = (shape: SVGTemplateResult) =>
  html`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">${shape}</svg>`

/** Line icons on a grid of 20; words beside them or their button's name say what they mean. */
export const icons = {
  back: icon(svg`<path d="m11.5 5-5 5 5 5"/>`),
  first: icon(svg`<path d="M5 5v10M15 5.5v9L8 10z" fill="currentColor"/>`),
  stepBack: icon(svg`<path d="M14 5.5v9L6.5 10z" fill="currentColor"/>`),
  play: icon(svg`<path d="m6.5 4.5 9 5.5-9 5.5z" fill="currentColor"/>`),
  pause: icon(svg`<path d="M7 5v10M13 5v10" stroke-width="2.6"/>`),
  forward: icon(svg`<path d="M6 5.5v9l7.5-4.5z" fill="currentColor"/>`),
  last: icon(svg`<path d="M15 5v10M5 5.5v9l7-4.5z" fill="currentColor"/>`),
  warning: icon(svg`<path d="M10 3.5 17.2 16H2.8zM10 8v3.5M10 13.8v.1"/>`),
  eye: icon(
    svg`<path d="M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5z"/><circle cx="10" cy="10" r="2.2"/>`,
  ),
  eyeOff: icon(
    svg`<path d="M5 6.3C3.4 7.6 2.5 10 2.5 10S5 15 10 15c1.3 0 2.4-.3 3.4-.8M8 5.3a8 8 0 0 1 2-.3c5 0 7.5 5 7.5 5s-.6 1.3-1.8 2.5M3.5 3.5l13 13"/>`,
  ),
  branch: icon(
    svg`<circle cx="5.5" cy="4.8" r="1.8"/><circle cx="5.5" cy="15.2" r="1.8"/><circle cx="14.5" cy="8" r="1.8"/><path d="M5.5 6.6v6.8M14.5 9.8c0 2.4-9 1.2-9 3.6"/>`,
  ),
  clock: icon(svg`<circle cx="10" cy="10" r="6.75"/><path d="M10 6.25V10l2.5 1.75"/>`),
  signOut: icon(
    svg`<path d="M8 4H5.5A1.5 1.5 0 0 0 4 5.5v9A1.5 1.5 0 0 0 5.5 16H8M12.5 6.5 16 10l-3.5 3.5M15.5 10H8"/>`,
  ),
}
