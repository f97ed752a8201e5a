import { css } from 'lit'

/**
 * The design language of all pages, for the styles of a page's outermost element; what is inside inherits it.
 * `--frontdesk-…` is what a company sets, `--fd-…` what styles use. Dark where the page's `color-scheme` is.
 */
export const tokens = css`
  :host {
    --fd-font: var(--frontdesk-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif);
    --fd-mono: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
    --fd-accent: var(--frontdesk-accent, light-dark(#0f6f68, #58c4b7));
    --fd-on-accent: var(--frontdesk-on-accent, light-dark(#fff, #04211e));
    --fd-accent-soft: light-dark(#e3f1ef, #17312e);
    --fd-background: light-dark(#fff, #15191a);
    --fd-surface: light-dark(#f5f7f7, #1d2324);
    --fd-hover: light-dark(#ecf0f0, #262d2f);
    --fd-border: light-dark(#dfe4e5, #30393b);
    --fd-control: light-dark(#828d90, #748184);
    --fd-text: light-dark(#172022, #e9eeee);
    --fd-muted: light-dark(#566265, #a3afb1);
    --fd-danger: light-dark(#b3261e, #ff9d92);
    --fd-danger-soft: light-dark(#fcebe9, #3b1f1d);
    --fd-warning: light-dark(#8a5300, #f0b866);
    --fd-warning-soft: light-dark(#fdf3e0, #382a14);
    --fd-radius: var(--frontdesk-radius, 8px);
    --fd-radius-large: calc(var(--fd-radius) * 1.5);

    color: var(--fd-text);
    font: 16px/1.5 var(--fd-font);
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
  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
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
