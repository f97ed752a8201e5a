import type { GatewayFrame } from '../../../../schemas/protocol/widget.ts'
import { FileParts } from './file-parts.ts'
import fileStyle from './files.css'
import formStyle from './forms.css'

export { detailsForm } from './details-form.ts'
export { useLit } from './lit.ts'
export { rating } from './rating.ts'

export const style = formStyle + fileStyle

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
