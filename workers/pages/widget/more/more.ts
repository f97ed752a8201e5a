import type { GatewayFrame } from '../../../../schemas/protocol/widget.ts'
import uploadStyle from '../../base/files/uploads.css'
import earlierStyle from './earlier.css'
import { FileParts } from './file-parts.ts'
import fileStyle from './files.css'
import moreStyle from './more.css'

export { belowLog, endQuestion, tooLong } from './below-log.ts'
export { FormerConversations } from './former-conversations.ts'
export { useLit } from './lit.ts'

export const style = moreStyle + uploadStyle + fileStyle + earlierStyle

/** Gives a session what it sends and shows files with, and its present token. */
export function attach(
  holder: { files: FileParts | undefined },
  gateway: string,
  { files, session }: Extract<GatewayFrame, { type: 'welcome' }>,
  hosts: { update(): void },
): void {
  holder.files ??= new FileParts(files, gateway, hosts)
  holder.files.session = session
  hosts.update()
}
