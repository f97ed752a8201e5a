import { html, nothing } from 'lit'
import type { CustomerAttribute, VisitedPage } from '../../../../schemas/conversation/customer.ts'
import { icons } from '../../base/icons.ts'
import { dateAndTimeOf } from '../conversation/times.ts'
import { words } from '../language.ts'
import { customerAvatar } from '../requests/avatar.ts'
import { customerName, languageName, presenceText } from '../requests/names.ts'
import { tagMarks } from '../requests/tag-marks.ts'
import type { Desk } from '../state/desk-state.ts'
import { fieldLabels, requestOf, standing, tagsOf } from '../state/selectors.ts'
import './earlier-conversations.ts'
import { nameEditor } from './name-editor.ts'
import { tagEditor } from './tag-editor.ts'

interface CustomerActions {
  tag(tags: string[]): void
  correctName(name: string): void
}

/** The customer of the conversation that is shown: who they are, what they gave, and the request's tags. */
export function customerPane(desk: Desk, id: string, now: number, { tag, correctName }: CustomerActions) {
  const request = requestOf(desk, id)
  const conversation = desk.conversations.get(id)
  if (!request || !conversation || conversation.isErased) return nothing
  const { customer, page, attributes = [], queuedAt, opensAt, hours, channel, locale } = request
  const labels = fieldLabels(conversation)
  const rating = conversation.rating ?? request.rating
  const presence = desk.presence.get(id)
  const isOpen = !['over', 'unknown'].includes(standing(desk, id))
  const tags = tagsOf(request, conversation)
  return html`<div class="about" role="group" aria-label=${words.customer} tabindex="0">
    <div class="who">
      ${customerAvatar(request, presence?.state)}
      <div>
        <p class="name" dir="auto">${customerName(request)}</p>
        ${presence ? html`<p class="hint">${presenceText(presence, now)}</p>` : nothing}
      </div>
      ${isOpen ? nameEditor(request, correctName) : nothing}
    </div>
    ${
      customer.verified
        ? html`<p class="verified" title=${words.verifiedMore}>${icons.verified}${words.verified}</p>`
        : nothing
    }
    <dl>
      ${customer.name === null ? nothing : fact(words.email, customer.email)}
      ${fact(words.externalId, customer.externalId)}
      ${Object.entries(request.details ?? {}).map(([id, answer]) => fact(labels.get(id) ?? id, answer))}
      ${attributes.map(attributeFact)}
      ${page ? visitedPage(page) : nothing}
      ${rating ? fact(words.rating, [words.ratingOf(rating.score), rating.text].filter(Boolean).join(': ')) : nothing}
      ${fact(words.locale, languageName(locale))} ${fact(words.channel, channel)}
      ${fact(words.waitingSince, queuedAt && dateAndTimeOf(queuedAt))}
      ${hours === 'outside' ? fact(words.opensAt, opensAt && dateAndTimeOf(opensAt)) : nothing}
    </dl>
    ${
      isOpen || tags.length > 0
        ? html`<h3>${words.tags}</h3>
            ${isOpen ? tagEditor(tags, tag) : html`<p class="marks">${tagMarks(tags)}</p>`}`
        : nothing
    }
    <desk-earlier
      .workspace=${desk.workspace}
      .conversationId=${id}
      .customer=${customer}
    ></desk-earlier>
    <h3>${words.conversationId}</h3>
    <p class="id">${id}</p>
  </div>`
}

/** The address is the customer's word: only one of the web is a link, and its text says where it leads. */
function visitedPage({ url = '', title }: VisitedPage) {
  const link = /^https?:\/\//i.test(url)
    ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${url}</a>`
    : url
  return html`<div>
    <dt>${words.page}</dt>
    <dd><bdi>${title}</bdi> ${link}</dd>
  </div>`
}

/** A fact from the company; verified where the JWT of its server has it. */
function attributeFact({ name, value, verified }: CustomerAttribute) {
  const shown = typeof value === 'boolean' ? (value ? words.yes : words.no) : String(value)
  const mark = html`<span class="sure" title=${words.verifiedAttribute}
    >${icons.verified}<span class="visually-hidden">${words.verified}</span></span
  >`
  return html`<div>
    <dt dir="auto">${name}</dt>
    <dd><bdi>${shown}</bdi> ${verified ? mark : nothing}</dd>
  </div>`
}

function fact(label: string, value: string | null) {
  if (!value) return nothing
  return html`<div>
    <dt dir="auto">${label}</dt>
    <dd dir="auto">${value}</dd>
  </div>`
}
