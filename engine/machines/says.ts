import type { ChannelText } from '../../schemas/configuration/channel-texts.ts'
import { type Localized, textIn } from '../../schemas/configuration/localized.ts'
import type { Attachment } from '../../schemas/conversation/attachment.ts'
import type { Agent } from '../../schemas/conversation/event.ts'
import type { FormField, Message, Rejection } from '../../schemas/conversation/record.ts'
import type { Texts } from '../texts/customers/customer-texts.ts'
import { readDetails } from '../texts/details.ts'
import { fill } from '../texts/fill.ts'
import { textsFor } from '../texts/languages.ts'
import { trim } from '../texts/trim.ts'
import type { Context } from './context.ts'
import { expectEvent, type GivenBack, type MachineEvent, type Say } from './vocabulary.ts'

/** The built-in texts in the conversation's language; the channel's own instead are filled in. */
export function textsOf(context: Context): Texts {
  const texts = textsFor(context.pinned.language)
  const { texts: own } = context.pinned
  if (!own) return texts
  const name = context.agent?.name || own.anAgent || texts.anAgent
  const values = { ...valuesOf(context), 'agent.name': name }
  const filled = Object.entries(own).map(([name, text]) => [name, fill(text, values)])
  return { ...texts, ...Object.fromEntries(filled) }
}

/** The one of a company's texts that is for this customer. */
export function localText({ pinned }: Context, text: Localized): string {
  return textIn(text, pinned.locale, pinned.channelLocale)
}

/** A text of the channel, filled in. */
export function configured(context: Context, text: ChannelText): string {
  return context.response ? fill(context.response[text], valuesOf(context)) : ''
}

/** The values of the placeholders in a text that a company wrote. */
export function valuesOf({
  customer,
  answers,
  response,
  bot,
  pinned,
}: Context): Record<string, string | null> {
  const values: Record<string, string | null> = {
    ...bot?.values,
    'customer.name': customer.name,
    'customer.email': customer.email,
    'customer.externalId': customer.externalId,
    'customer.verified': String(customer.verified),
    locale: pinned.locale,
    channel: pinned.channel,
    nextOpen: response?.nextOpen ?? null,
  }
  for (const id of Object.keys(answers)) values[`details.${id}`] = answers[id] ?? null
  return values
}

export function bot(text: string): Say {
  return { author: { type: 'bot' }, type: 'text', text }
}

export function notice(text: string): Say {
  return { author: { type: 'system' }, type: 'notice', text }
}

export function form(context: Context): Say {
  const fields = missingFields(context)
  return { author: { type: 'bot' }, type: 'form', text: formText(context, fields), fields }
}

/** The text over a form that has none of its own. */
export function formText(context: Context, fields: readonly FormField[]): string {
  const { contactForm, form } = textsOf(context)
  return fields.some(({ id, type }) => id === 'name' || type === 'email') ? contactForm : form
}

export function joined(context: Context): Say {
  const { joined, anAgent } = textsOf(context)
  const isFilled = context.pinned.texts?.joined !== undefined
  return notice(isFilled ? joined : fill(joined, { 'agent.name': context.agent?.name || anAgent }))
}

/** Says to the customer that they are back in the queue. */
export function givenBack(context: Context, { why }: GivenBack): string {
  const texts = textsOf(context)
  return why === 'transferred' ? texts.transferred : texts.released
}

export function idleReminder(context: Context): Say {
  const texts = textsOf(context)
  const beforeLast = context.idle.reminded + 2 === context.pinned.timeouts.idleCustomer.length
  return bot(beforeLast && context.idle.reminded > 0 ? texts.closingSoon : texts.stillThere)
}

export function customerText(event: MachineEvent): Say {
  return textOf({ type: 'customer' }, expectEvent(event, 'session.message'))
}

export function agentText(context: Context, event: MachineEvent): Say {
  return textOf({ type: 'agent', ...(context.agent as Agent) }, expectEvent(event, 'agent.message'))
}

/** A text as its author sent it. */
export function textOf(
  author: Say['author'],
  { text, clientId, attachments, via }: Pick<Message, 'clientId' | 'attachments' | 'via'> & { text: string },
): Say {
  return {
    author,
    type: 'text',
    text,
    ...(clientId !== undefined && { clientId }),
    ...(attachments?.length && { attachments }),
    ...(via && { via }),
  }
}

/** The words of a customer's message: those of one without a text are the names of its files. */
export function wordsOf({
  text,
  attachments = [],
}: {
  text: string
  attachments?: Attachment[] | undefined
}): string {
  return trim(text) === '' ? attachments.map(({ name }) => name).join(', ') : text
}

/** The details that are asked for and not known yet. */
export function missingFields(
  { customer, answers, response, bot }: Context,
  asks?: FormField[],
): FormField[] {
  // A field may be called `constructor`.
  const known = new Map<string, string | null>(Object.entries(answers))
  known.set('name', customer.name).set('email', customer.email)
  return (asks ?? bot?.form ?? response?.asks ?? []).filter((field) => !known.get(field.id))
}

/** The submitted form. Asked fields that are still unknown are required; the other asked ones are optional. */
export function detailsOf(context: Context, event: MachineEvent) {
  return readDetails(
    expectEvent(event, 'session.details').details,
    missingFields(context),
    context.bot?.form ?? [],
  )
}

/** The reason why the details of a form are refused. Throws where they are valid. */
export function refusedDetails(context: Context, event: MachineEvent): Rejection {
  const details = detailsOf(context, event)
  if (details.ok) throw new Error('these details are valid')
  return details.error
}
