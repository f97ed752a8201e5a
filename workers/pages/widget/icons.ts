import { html, type TemplateResult } from 'lit/html.js'

/** Paths on a grid of 24. */
const paths = {
  chat: 'M4 5h16v11H10l-5 4v-4H4z',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M6 9l6 6 6-6',
  send: 'M12 19V5M6 11l6-6 6 6',
  pending: 'M12 8v4l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  stored: 'M5 13l4 4L19 7',
  delivered: 'M2 13l4 4L16 7M11 16l1 1L22 7',
}

export function icon(name: keyof typeof paths): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${paths[name]}></path></svg>`
}
