import { html, nothing } from 'lit'
import type { VisitedPage } from '../../../../schemas/conversation/customer.ts'
import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import { icons } from '../../base/icons.ts'
import { words } from '../language.ts'
import { tagMarks } from '../requests/tag-marks.ts'
import type { DeskConversation } from '../state/desk-state.ts'
import { fieldLabels } from '../state/selectors.ts'
import { readSwitch, writeSwitch } from '../state/switches.ts'
import { dateAndTimeOf } from './times.ts'

/** A longer fact has a line of its own, in characters with its label. */
const factLengthMax = 44

const openKey = 'frontdesk.desk.details'

/** The customer, their answers, and the request's tags and times. */
export function customerDetails(request: OpenRequest, conversation: DeskConversation) {
  const { customer, page, tags, queuedAt, opensAt, hours } = request
  const labels = fieldLabels(conversation)
  const answers = Object.entries(request.details ?? {})
  const isCramped = matchMedia('(max-width: 719px), (max-height: 759px)').matches
  const isOpen = readSwitch(openKey) ?? !isCramped
  const keep = ({ currentTarget }: Event) => {
    const details = (currentTarget as HTMLElement).parentElement as HTMLDetailsElement
    // It is about to be the other way.
    writeSwitch(openKey, !details.open)
  }
  return html`<details ?open=${isOpen}>
    <summary @click=${keep}>
      ${words.details}<span class="brief">${customer.email ?? ''}</span>${icons.down}
    </summary>
    <div class="facts" role="group" aria-label=${words.details} tabindex="0">
      <dl>
        ${fact(words.name, customer.name)}
        ${fact(words.email, customer.email, customer.verified ? words.verified : '')}
        ${fact(words.externalId, customer.externalId)}
        ${answers.map(([id, answer]) => fact(labels.get(id) ?? id, answer))}
        ${fact(words.waitingSince, queuedAt && dateAndTimeOf(queuedAt))}
        ${hours === 'outside' ? fact(words.opensAt, opensAt && dateAndTimeOf(opensAt)) : nothing}
        ${
          tags
            ? html`<div class="long">
                <dt>${words.tags}</dt>
                <dd class="marks">${tagMarks(tags)}</dd>
              </div>`
            : nothing
        }
        ${page ? visitedPage(page) : nothing}
        ${fact(words.conversationId, request.conversation)}
      </dl>
    </div>
  </details>`
}

/** The address is the customer's word: only one of the web is a link, and its text says where it leads. */
function visitedPage({ url = '', title }: VisitedPage) {
  const link = /^https?:\/\//i.test(url)
    ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${url}</a>`
    : url
  return html`<div class="long">
    <dt>${words.page}</dt>
    <dd><bdi>${title}</bdi> ${link}</dd>
  </div>`
}

function fact(label: string, value: string | null, mark = '') {
  if (!value) return nothing
  return html`<div class=${value.length + label.length > factLengthMax ? 'long' : ''}>
    <dt dir="auto">${label}</dt>
    <dd dir="auto">
      ${value} ${mark ? html`<span class="verified">${icons.verified}${mark}</span>` : nothing}
    </dd>
  </div>`
}
