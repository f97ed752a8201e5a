/** The headers of a dead letter on `frontdesk.deadletter.<reason>`; its body is the event's, whole. */
export const deadletterHeaders = {
  conversation: 'Frontdesk-Conversation',
  type: 'Frontdesk-Type',
  /** The event's sequence in EVENTS, its time there and its `Nats-Msg-Id`. */
  seq: 'Frontdesk-Seq',
  at: 'Frontdesk-At',
  id: 'Frontdesk-Id',
  explanation: 'Frontdesk-Explanation',
  /** The explanation without words that may quote the customer; older letters have none. */
  summary: 'Frontdesk-Summary',
  /** The event's own headers, as JSON. */
  headers: 'Frontdesk-Headers',
  /** In their place where they are too long: their length in bytes. */
  headersLength: 'Frontdesk-Headers-Length',
} as const
