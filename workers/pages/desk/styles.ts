import { css, unsafeCSS } from 'lit'
import conversationText from './conversation/conversation.css'
import deskText from './desk.css'

/** The desk's own styles, for its one shadow root. */
export const deskStyles = css`${unsafeCSS(deskText)}${unsafeCSS(conversationText)}`
