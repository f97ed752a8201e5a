import type { ChannelText } from '../../../schemas/configuration/channel-texts.ts'
import type { ConversationText } from '../../../schemas/configuration/conversation-texts.ts'
import type { RejectionCode } from '../../../schemas/conversation/record.ts'
import type { FieldType } from '../../../schemas/field-types.ts'
import type { CustomerTexts } from '../customers/customer-texts.ts'

/** The exports of a language that frontdesk's own pages speak to agents and administrators. */
export interface StaffTexts extends Pick<CustomerTexts, 'detailLabels'> {
  /** The fields of the texts that an administrator can change. */
  channelTextFields: Record<ChannelText, { label: string; hint: string }>
  /** The names of what a conversation says by itself. */
  conversationTextLabels: Record<ConversationText, string>
  /** The names of the field types, for those who write forms. */
  fieldTypeLabels: Record<FieldType, string>
  /** For those who look at a bot as a drawing. */
  outline: Record<'freeText' | 'otherwise' | 'open' | 'closed' | 'success' | 'failure' | 'end', string>
  /** For the agent whose event was refused. */
  refusals: Record<RejectionCode, string>
  /** A note: an e-mail went to the customer; `{{address}}` is masked. */
  mailed: string
}
