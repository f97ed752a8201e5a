import { html, svg, type TemplateResult } from 'lit'

const icon = (path: TemplateResult) =>
  html`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">${path}</svg>`

export const icons = {
  channels: icon(
    svg`<path d="M3.5 5.5a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9l-3.5 3v-3a2 2 0 0 1-2-2z"/>`,
  ),
  schedules: icon(svg`<circle cx="10" cy="10" r="6.75"/><path d="M10 6.25V10l2.5 1.75"/>`),
  bots: icon(
    svg`<rect x="4" y="7" width="12" height="9" rx="2.5"/><path d="M10 7V4M7.75 11v1M12.25 11v1M2 10.5v2.5M18 10.5v2.5"/>`,
  ),
  keys: icon(svg`<circle cx="7" cy="12.5" r="3.25"/><path d="m9.5 10.2 6.3-6.3M13 6.7l2.2 2.2"/>`),
  plus: icon(svg`<path d="M10 4.5v11M4.5 10h11"/>`),
  up: icon(svg`<path d="m5.5 11.5 4.5-4.5 4.5 4.5"/>`),
  down: icon(svg`<path d="m5.5 8.5 4.5 4.5 4.5-4.5"/>`),
  remove: icon(svg`<path d="m5.5 5.5 9 9m0-9-9 9"/>`),
  back: icon(svg`<path d="m11.5 5-5 5 5 5"/>`),
  copy: icon(
    svg`<rect x="7" y="7" width="9" height="9" rx="1.5"/><path d="M4.5 12.5A1.5 1.5 0 0 1 4 11.3V5.5A1.5 1.5 0 0 1 5.5 4h5.8a1.5 1.5 0 0 1 1.2.5"/>`,
  ),
  check: icon(svg`<path d="m4.5 10.5 3.5 3.5 7.5-8"/>`),
  warning: icon(svg`<path d="M10 3.5 17.2 16H2.8zM10 8v3.5M10 13.8v.1"/>`),
  signOut: icon(
    svg`<path d="M8 4H5.5A1.5 1.5 0 0 0 4 5.5v9A1.5 1.5 0 0 0 5.5 16H8M12.5 6.5 16 10l-3.5 3.5M15.5 10H8"/>`,
  ),
}
