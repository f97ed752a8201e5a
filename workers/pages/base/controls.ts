import { css } from 'lit'

/** Buttons and fields of the desk and the administration; `tokens` must be in force around them. */
export const controls = css`
  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
    margin: 0;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-block-size: 40px;
    padding: 0 16px;
    border: 1px solid var(--fd-control);
    border-radius: var(--fd-radius);
    background: var(--fd-background);
    font-weight: 500;
    white-space: nowrap;
    cursor: pointer;
  }
  .button:hover {
    background: var(--fd-hover);
  }
  .button.primary {
    border-color: var(--fd-accent);
    background: var(--fd-accent);
    color: var(--fd-on-accent);
  }
  .button.primary:hover {
    filter: brightness(0.94);
  }
  .button.danger {
    border-color: var(--fd-danger);
    color: var(--fd-danger);
  }
  .button.quiet {
    border-color: transparent;
    background: none;
  }
  .button.quiet:hover {
    background: var(--fd-hover);
  }
  .button.icon {
    inline-size: 40px;
    padding: 0;
  }
  .button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  .field {
    inline-size: 100%;
    min-block-size: 40px;
    padding: 7px 12px;
    border: 1px solid var(--fd-control);
    border-radius: var(--fd-radius);
    background: var(--fd-background);
  }
  .field::placeholder {
    color: var(--fd-muted);
    opacity: 1;
  }
  .field[aria-invalid='true'] {
    border-color: var(--fd-danger);
  }
  .field-error {
    color: var(--fd-danger);
    font-size: 14px;
  }
  @media (pointer: coarse) {
    .button,
    .field {
      min-block-size: 44px;
    }
    .button.icon {
      inline-size: 44px;
    }
  }
`
