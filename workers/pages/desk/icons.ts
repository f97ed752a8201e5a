import { html, type SVGTemplateResult, svg } from 'lit'

/** Line icons on a grid of 20, in the colour of the text around them; words beside them say what they mean. */
function icon(shape: SVGTemplateResult) {
  return html`<svg
    viewBox="0 0 20 20"
    width="20"
    height="20"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${shape}
  </svg>`
}

export const icons = {
  close: icon(svg`<path d="m5.5 5.5 9 9m0-9-9 9"/>`),
  back: icon(svg`<path d="M12.5 4.5 7 10l5.5 5.5"/>`),
  send: icon(svg`<path d="M10 16V4.5M5 9l5-5 5 5"/>`),
  chevron: icon(svg`<path d="m5.5 8 4.5 4.5L14.5 8"/>`),
  verified: icon(
    svg`<path d="M10 2.5 16 5v4.5c0 4-2.6 6.8-6 8-3.4-1.2-6-4-6-8V5z"/><path d="m7.4 10 1.9 1.9 3.4-3.8"/>`,
  ),
  release: icon(svg`<path d="M4 8.5h8.2a3.8 3.8 0 0 1 0 7.6H8"/><path d="M7.2 5 3.7 8.5 7.2 12"/>`),
  end: icon(svg`<circle cx="10" cy="10" r="7"/><path d="m6.9 10.2 2.2 2.2 4-4.6"/>`),
  bell: icon(svg`<path d="M5.2 13.5V9a4.8 4.8 0 0 1 9.6 0v4.5l1.2 1.3H4z"/><path d="M8.4 17h3.2"/>`),
  bellOff: icon(
    svg`<path d="M5.2 13.5V9c0-.8.2-1.5.5-2.1M8 4.6A4.8 4.8 0 0 1 14.8 9v2.6M16 14.8H4l1.2-1.3"/><path d="M8.4 17h3.2M3.5 3.5l13 13"/>`,
  ),
  keyboard: icon(
    svg`<rect x="2.5" y="5" width="15" height="10" rx="2"/><path d="M5.5 8h.01M8.5 8h.01M11.5 8h.01M14.5 8h.01M6.5 12h7"/>`,
  ),
  pending: icon(svg`<circle cx="10" cy="10" r="6.2"/><path d="M10 6.6V10l2.2 1.6"/>`),
  stored: icon(svg`<path d="m4.5 10.5 3.6 3.6 7.4-8"/>`),
  delivered: icon(svg`<path d="m2 10.5 3.6 3.6 7.4-8M10.2 13.6l.6.5 7.2-8"/>`),
  alert: icon(svg`<circle cx="10" cy="10" r="7"/><path d="M10 6.4v4.4M10 13.6h.01"/>`),
  inbox: icon(svg`<path d="M3 11.5 5 4.6h10l2 6.9v3.9H3z"/><path d="M3 11.5h4a3 3 0 0 0 6 0h4"/>`),
  down: icon(svg`<path d="M10 4v11.5M5 11l5 5 5-5"/>`),
}
