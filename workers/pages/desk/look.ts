import { css } from 'lit'
import { rules } from '../base/styles/tokens.ts'

/** What the desk's parts share beyond the tokens and the controls of all pages; each has a shadow root. */
export const look = [
  rules,
  css`
  :host {
    display: block;
    min-inline-size: 0;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  svg {
    flex: none;
    display: block;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    padding: 0 8px;
    border: 1px solid var(--fd-border);
    border-radius: 999px;
    color: var(--fd-muted);
    font-size: 13px;
    line-height: 20px;
    white-space: nowrap;
  }
  .chip.warning {
    border-color: transparent;
    background: var(--fd-warning-soft);
    color: var(--fd-warning);
  }
  .chip.danger {
    border-color: transparent;
    background: var(--fd-danger-soft);
    color: var(--fd-danger);
  }
  .chip.tag {
    display: inline-block;
    max-inline-size: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .badge {
    display: inline-grid;
    place-items: center;
    min-inline-size: 20px;
    block-size: 20px;
    padding-inline: 6px;
    border-radius: 10px;
    background: var(--fd-accent);
    color: var(--fd-on-accent);
    font-size: 12px;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
    line-height: 1;
  }
`,
]
