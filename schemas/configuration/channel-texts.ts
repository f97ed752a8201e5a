/**
 * The texts of a channel's response that an administrator can change, in the order in which customers read them;
 * `{{nextOpen}}` may stand in each of them outside the opening hours. Their defaults are in engine/texts, one file
 * for each language.
 */
export const channelTexts = {
  firstMessage: { isAfterDetails: false, placeholders: [] },
  followUpMessage: { isAfterDetails: true, placeholders: ['customer.name'] },
} as const

export type ChannelText = keyof typeof channelTexts

export const channelTextNames = Object.keys(channelTexts) as ChannelText[]

/** Makes one value for each text. */
export function forChannelTexts<T>(make: (name: ChannelText) => T): Record<ChannelText, T> {
  return Object.fromEntries(channelTextNames.map((name) => [name, make(name)])) as Record<ChannelText, T>
}
