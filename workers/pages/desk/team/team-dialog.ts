import { html, nothing } from 'lit'
import type { Team } from '../../../../schemas/conversation/presence.ts'
import { dialog, table } from '../../base/page-parts.ts'
import { waited } from '../../base/time.ts'
import { words } from '../language.ts'
import { avatar } from '../requests/avatar.ts'
import { agentName } from '../requests/names.ts'
import type { Desk } from '../state/desk-state.ts'
import { sections } from '../state/selectors.ts'

/** The team: its agents, their numbers, and the customers who wait. Opened with `showModal()`. `now` in epoch milliseconds. */
export function teamDialog(desk: Desk, now: number) {
  const { waiting } = sections(desk)
  const longest = waiting.reduce<string | null>(
    (oldest, { queuedAt }) => (queuedAt && (!oldest || queuedAt < oldest) ? queuedAt : oldest),
    null,
  )
  const close = (event: Event) => (event.target as HTMLElement).closest('dialog')?.close()
  return dialog(
    'team',
    words.team,
    html`<p class="hint">
        ${words.waitingNow(waiting.length)}${longest ? html` · ${words.longestWait} ${waited(longest, now)}` : nothing}
      </p>
      ${desk.team ? agents(desk) : html`<p role="status">${words.teamUnknown}</p>`}
      ${desk.team && desk.team.workspaces.length > 1 ? workspaces(desk.team.workspaces, desk.workspace) : nothing}
      <div class="actions end">
        <button class="button" type="button" @click=${close}>${words.close}</button>
      </div>`,
  )
}

function agents({ team, agent: me }: Desk) {
  const all = team?.agents ?? []
  if (all.length === 0) return html`<p>${words.nobodyHere}</p>`
  return table(
    [words.agent, words.conversations, words.offers],
    all.map(
      (agent) => html`<tr>
        <th scope="row">
          <span class="member">
            ${avatar(agentName(agent), agent.id, agent.state === 'away' ? 'away' : 'here')}
            <span dir="auto">${agentName(agent)}${agent.id === me?.id ? ` (${words.you})` : ''}</span>
            <span class="hint">${agent.state === 'away' ? words.away : words.online}</span>
          </span>
        </th>
        <td class="count">${agent.accepted}</td>
        <td class="count">${agent.offered}</td>
      </tr>`,
    ),
  )
}

function workspaces(all: Team['workspaces'], mine: string) {
  return table(
    [words.workspace, words.online, words.waiting],
    all.map(
      ({ id, name, online, waiting }) => html`<tr>
        <th scope="row" dir="auto">${name ?? id}${id === mine ? html` <span class="hint">${words.thisOne}</span>` : nothing}</th>
        <td class="count">${online}</td>
        <td class="count">${waiting}</td>
      </tr>`,
    ),
  )
}
