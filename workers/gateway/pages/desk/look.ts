import { css } from 'lit'

/** What the desk's parts share beyond the tokens and the controls of all pages. */
export const look = css`
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
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  :focus-visible {
    outline: 2px solid var(--fd-accent);
    outline-offset: 2px;
  }
  svg {
    flex: none;
    display: block;
  }
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
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
  @media (prefers-reduced-motion: reduce) {
    *,
    ::before,
    ::after {
      animation-duration: 0.01ms !important;
      transition-duration: 0.01ms !important;
      scroll-behavior: auto !important;
    }
  }
`
