import { css, unsafeCSS } from 'lit'
import controlsText from './controls.css'
import forcedColorsText from './forced-colors.css'
import layoutText from './layout.css'
import rulesText from './rules.css'
import textText from './text.css'
import tokensText from './tokens.css'

/** The reset for every shadow root of the pages. */
export const rules = unsafeCSS(rulesText)

/** The design language, for the styles of a page's outermost element. */
export const tokens = css`${unsafeCSS(tokensText)}${rules}`

/** Text, controls, notices, lists and the parts of a page: for each shadow root of the pages. */
export const sheet = css`${rules}${unsafeCSS(textText + controlsText + layoutText + forcedColorsText)}`
