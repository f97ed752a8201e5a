import { css, unsafeCSS } from 'lit'
import rulesText from './rules.css'
import tokensText from './tokens.css'

/** What holds in every shadow root of the pages. */
export const rules = unsafeCSS(rulesText)

/** The design language, for the styles of a page's outermost element. */
export const tokens = css`${unsafeCSS(tokensText)}${rules}`
