import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from 'lit'

function icon(shape: SVGTemplateResult) {
  return html`<svg
    class="icon"
    viewBox="0 0 20 20"
    width="20"
    height="20"
    aria-hidden="true"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
  >${shape}</svg>`
}

const clock = icon(svg`<circle cx="10" cy="10" r="6.75"/><path d="M10 6.25V10l2.5 1.75"/>`)

/** Line icons on a grid of 20, in the colour of the text around them. Words beside them say what they mean. */
export const icons = {
  attach: icon(
    svg`<path d="M16.5 9.5l-6.8 6.8a4.3 4.3 0 0 1-6-6L10 3.9a2.9 2.9 0 0 1 4 4l-6.3 6.4a1.4 1.4 0 0 1-2-2L11.5 6.5"/>`,
  ),
  // Pages
  channels: icon(
    svg`<path d="M3.5 5.5a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9l-3.5 3v-3a2 2 0 0 1-2-2z"/>`,
  ),
  schedules: clock,
  calendars: icon(
    svg`<rect x="3.5" y="4.5" width="13" height="12" rx="2"/><path d="M3.5 8.5h13M7 2.5v3.5M13 2.5v3.5"/>`,
  ),
  workspaces: icon(
    svg`<circle cx="7" cy="7" r="2.75"/><path d="M2 16c.4-3 2.3-4.6 5-4.6s4.6 1.6 5 4.6"/>
      <path d="M13 4.6a2.5 2.5 0 0 1 0 4.8M14.6 11.8c2 .5 3.1 1.9 3.4 4.2"/>`,
  ),
  replies: icon(
    svg`<path d="M3.5 5.5a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9l-3.5 3v-3a2 2 0 0 1-2-2z"/>
      <path d="m11.3 6-2.6 5"/>`,
  ),
  bots: icon(
    svg`<rect x="4" y="7" width="12" height="9" rx="2.5"/>
      <path d="M10 7V4M7.75 11v1M12.25 11v1M2 10.5v2.5M18 10.5v2.5"/>`,
  ),
  numbers: icon(svg`<path d="M3.5 16.5h13M6 13.5v-3M10 13.5v-8M14 13.5v-5"/>`),
  keys: icon(svg`<circle cx="7" cy="12.5" r="3.25"/><path d="m9.5 10.2 6.3-6.3M13 6.7l2.2 2.2"/>`),
  people: icon(svg`<circle cx="10" cy="6.75" r="3"/><path d="M4 16.5c.5-3.6 2.8-5.4 6-5.4s5.5 1.8 6 5.4"/>`),
  audit: icon(
    svg`<rect x="4.5" y="3.5" width="11" height="13" rx="1.5"/><path d="M7.5 7.5h5M7.5 10.5h5M7.5 13.5h3"/>`,
  ),
  // Moving and editing
  search: icon(svg`<circle cx="9" cy="9" r="5"/><path d="m12.8 12.8 3.7 3.7"/>`),
  plus: icon(svg`<path d="M10 4.5v11M4.5 10h11"/>`),
  edit: icon(svg`<path d="m4.5 12.8-.8 3.5 3.5-.8 8.6-8.6-2.7-2.7zM11.4 5.9l2.7 2.7"/>`),
  close: icon(svg`<path d="m5.5 5.5 9 9m0-9-9 9"/>`),
  undo: icon(svg`<path d="M7.25 5 3.75 8.5l3.5 3.5M4 8.5h7.25a3.75 3.75 0 0 1 0 7.5H8"/>`),
  up: icon(svg`<path d="m5.5 11.5 4.5-4.5 4.5 4.5"/>`),
  down: icon(svg`<path d="m5.5 8.5 4.5 4.5 4.5-4.5"/>`),
  back: icon(svg`<path d="m11.5 5-5 5 5 5"/>`),
  download: icon(svg`<path d="M10 4v8.5M6 9l4 4 4-4M4 16.5h12"/>`),
  toEnd: icon(svg`<path d="M10 4v11.5M5 11l5 5 5-5"/>`),
  copy: icon(
    svg`<rect x="7" y="7" width="9" height="9" rx="1.5"/>
      <path d="M4.5 12.5A1.5 1.5 0 0 1 4 11.3V5.5A1.5 1.5 0 0 1 5.5 4h5.8a1.5 1.5 0 0 1 1.2.5"/>`,
  ),
  check: icon(svg`<path d="m4.5 10.5 3.5 3.5 7.5-8"/>`),
  signOut: icon(
    svg`<path d="M8 4H5.5A1.5 1.5 0 0 0 4 5.5v9A1.5 1.5 0 0 0 5.5 16H8M12.5 6.5 16 10l-3.5 3.5M15.5 10H8"/>`,
  ),
  // Notices
  warning: icon(svg`<path d="M10 3.5 17.2 16H2.8zM10 8v3.5M10 13.8v.1"/>`),
  alert: icon(svg`<circle cx="10" cy="10" r="7"/><path d="M10 6.4v4.4M10 13.6h.01"/>`),
  bell: icon(svg`<path d="M5.2 13.5V9a4.8 4.8 0 0 1 9.6 0v4.5l1.2 1.3H4z"/><path d="M8.4 17h3.2"/>`),
  bellOff: icon(
    svg`<path d="M5.2 13.5V9c0-.8.2-1.5.5-2.1M8 4.6A4.8 4.8 0 0 1 14.8 9v2.6M16 14.8H4l1.2-1.3"/>
      <path d="M8.4 17h3.2M3.5 3.5l13 13"/>`,
  ),
  keyboard: icon(
    svg`<rect x="2.5" y="5" width="15" height="10" rx="2"/>
      <path d="M5.5 8h.01M8.5 8h.01M11.5 8h.01M14.5 8h.01M6.5 12h7"/>`,
  ),
  // A conversation
  send: icon(svg`<path d="M10 16V4.5M5 9l5-5 5 5"/>`),
  pending: clock,
  delivered: icon(svg`<path d="m2 10.5 3.6 3.6 7.4-8M10.2 13.6l.6.5 7.2-8"/>`),
  verified: icon(
    svg`<path d="M10 2.5 16 5v4.5c0 4-2.6 6.8-6 8-3.4-1.2-6-4-6-8V5z"/><path d="m7.4 10 1.9 1.9 3.4-3.8"/>`,
  ),
  release: icon(svg`<path d="M4 8.5h8.2a3.8 3.8 0 0 1 0 7.6H8"/><path d="M7.2 5 3.7 8.5 7.2 12"/>`),
  end: icon(svg`<circle cx="10" cy="10" r="7"/><path d="m6.9 10.2 2.2 2.2 4-4.6"/>`),
  transfer: icon(svg`<path d="M3.5 7h12M12 3.5 15.5 7 12 10.5M16.5 13h-12M8 9.5 4.5 13 8 16.5"/>`),
  takeOver: icon(
    svg`<path d="M10.5 3.5H14A2.5 2.5 0 0 1 16.5 6v8a2.5 2.5 0 0 1-2.5 2.5h-3.5M3.5 10h8.5M8.5 6.5 12 10l-3.5 3.5"/>`,
  ),
  customer: icon(svg`<circle cx="10" cy="7" r="3.25"/><path d="M3.8 16.5a6.3 6.3 0 0 1 12.4 0"/>`),
  team: icon(
    svg`<circle cx="7.5" cy="7.5" r="2.75"/><path d="M2.5 15.5a5.2 5.2 0 0 1 10 0M12.5 5a2.75 2.75 0 0 1 0 5M15 11.8a5.2 5.2 0 0 1 2.5 3.7"/>`,
  ),
  eye: icon(
    svg`<path d="M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5z"/><circle cx="10" cy="10" r="2.2"/>`,
  ),
  eyeOff: icon(
    svg`<path d="M5 6.3C3.4 7.6 2.5 10 2.5 10S5 15 10 15c1.3 0 2.4-.3 3.4-.8M8 5.3a8 8 0 0 1 2-.3c5 0 7.5 5 7.5 5s-.6 1.3-1.8 2.5M3.5 3.5l13 13"/>`,
  ),
  branch: icon(
    svg`<circle cx="5.5" cy="4.8" r="1.8"/><circle cx="5.5" cy="15.2" r="1.8"/><circle cx="14.5" cy="8" r="1.8"/>
      <path d="M5.5 6.6v6.8M14.5 9.8c0 2.4-9 1.2-9 3.6"/>`,
  ),
  fitAll: icon(svg`<path d="M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4"/>`),
  // A replay
  clock,
  first: icon(svg`<path d="M5 5v10M15 5.5v9L8 10z" fill="currentColor"/>`),
  stepBack: icon(svg`<path d="M14 5.5v9L6.5 10z" fill="currentColor"/>`),
  play: icon(svg`<path d="m6.5 4.5 9 5.5-9 5.5z" fill="currentColor"/>`),
  pause: icon(svg`<path d="M7 5v10M13 5v10" stroke-width="2.6"/>`),
  forward: icon(svg`<path d="M6 5.5v9l7.5-4.5z" fill="currentColor"/>`),
  last: icon(svg`<path d="M15 5v10M5 5.5v9l7-4.5z" fill="currentColor"/>`),
}

/** A button that is an icon. Its name is read out, and shown beside the pointer with its `key`. */
export function iconButton(
  icon: TemplateResult,
  name: string,
  { press, key, isOff = false }: { press: (event: Event) => void; key?: string; isOff?: boolean },
) {
  const keyName = key?.replace('↑', 'ArrowUp').replace('↓', 'ArrowDown')
  return html`
    <button
      type="button"
      class="button quiet icon"
      aria-label=${name}
      title=${key ? `${name} (${key})` : name}
      aria-keyshortcuts=${keyName ?? nothing}
      ?disabled=${isOff}
      @click=${press}
    >${icon}</button>
  `
}
