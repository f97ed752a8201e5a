import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { FindAnswer, FoundConversation } from '../../../schemas/protocol/inspector.ts'
import { banner } from '../base/banner.ts'
import { table } from '../base/page-parts.ts'
import { ageOf, clockOf, dayOf } from '../base/time.ts'
import { linkTo } from './route.ts'
import { words } from './words.ts'

export function failureBanner(failure: string) {
  return failure ? banner('warning', words.failed(failure)) : nothing
}

/** How far the gateway has read, while it reads. */
export function progressOf(answer: Pick<FindAnswer, 'progress'> | undefined) {
  const progress = answer?.progress
  if (!progress) return nothing
  const { read, of: total } = progress
  return html`
    <p class="progress" role="status">
      <progress max=${Math.max(total, 1)} .value=${read} aria-label=${words.loading}></progress>
      ${words.progress(read, total)}
    </p>
  `
}

/** Conversations, each with its state and how long it has been in it. */
export function foundTable(conversations: readonly FoundConversation[], now: number) {
  return table(
    [
      words.id,
      words.state,
      words.sinceHead,
      { text: words.channel, wide: true },
      { text: words.machine, wide: true },
      { text: words.lastEvent, wide: true },
    ],
    repeat(
      conversations,
      ({ conversation }) => conversation,
      (found) => row(found, now),
    ),
    'found',
  )
}

function row(found: FoundConversation, now: number) {
  const { conversation, state, value, since, channel, machine, at, agent, reason } = found
  const more = agent?.name ?? agent?.id ?? reason
  return html`
    <tr>
      <th scope="row"><a href=${linkTo({ page: 'conversation', id: conversation })}>${conversation}</a></th>
      <td>
        <span class="mark ${state}">${words.states[state]}</span>
        ${more ? html`<span class="sub">${more}</span>` : nothing}${value === state ? nothing : html`<span class="id">${value}</span>`}
      </td>
      <td class="length"><time datetime=${since} title=${since}>${ageOf(since, now)}</time></td>
      <td class="wide">${channel}</td>
      <td class="wide"><span class="id">${machine}</span></td>
      <td class="wide"><time datetime=${at} title=${at}>${dayOf(at)} ${clockOf(at)}</time></td>
    </tr>
  `
}
