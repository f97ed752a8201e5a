import { unsafeCSS } from 'lit'
import text from './tokens.css'

/** The design language, for the styles of a page's outermost element. */
export const tokens = unsafeCSS(text)
