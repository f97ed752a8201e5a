import { words } from '../language.ts'
import { agentName, customerName } from '../requests/names.ts'
import { keysOf, type Shortcut } from '../shortcuts.ts'
import type { DeskSession } from '../state/desk-session.ts'
import { offeredTo, requestOf, sections, standing } from '../state/selectors.ts'
import { otherWorkspaces } from '../team/others.ts'
import type { DeskCommand } from './palette.ts'

interface CommandActions {
  perform(shortcut: Shortcut): void
  open(conversation: string): void
  showTeam(): void
  signOut(): void
}

/** All that the agent can do now: to the conversation that is shown, with the desk, and where they can go. */
export function commandsOf(session: DeskSession, actions: CommandActions): DeskCommand[] {
  return [
    ...shortcutCommands(session, actions),
    ...conversationCommands(session, actions),
    ...deskCommands(session, actions),
  ]
}

function shortcutCommands(session: DeskSession, { perform }: CommandActions): DeskCommand[] {
  const { desk } = session
  const present = desk.shown === null ? 'unknown' : standing(desk, desk.shown)
  const request = desk.shown === null ? null : requestOf(desk, desk.shown)
  const canAccept = present === 'waiting' && request !== null && offeredTo(desk, request) !== 'other'
  const ofShown: readonly (readonly [Shortcut, boolean])[] = [
    ['undo', session.ending.length > 0],
    ['accept', canAccept || present === 'others'],
    ['reply', present === 'mine'],
    ['note', present === 'mine' || present === 'others'],
    ['transfer', present === 'mine'],
    ['release', present === 'mine'],
    ['end', present === 'mine'],
    ['nextRequest', sections(desk).waiting.length > 0],
    ['next', sections(desk).mine.length > 1],
    ['previous', sections(desk).mine.length > 1],
    ['search', true],
    ['list', true],
    ['help', true],
  ]
  return ofShown.flatMap(([shortcut, isPossible]) =>
    isPossible
      ? [{ label: words.commands[shortcut], keys: keysOf(shortcut), run: () => perform(shortcut) }]
      : [],
  )
}

function conversationCommands({ desk }: DeskSession, { open }: CommandActions): DeskCommand[] {
  const { mine, waiting, others } = sections(desk)
  const listed = [
    ...mine.map((request) => [request, words.mine] as const),
    ...waiting.map((request) => [request, words.waiting] as const),
    ...others.map((request) => [request, words.isWith(agentName(request.agent))] as const),
  ]
  return listed
    .filter(([{ conversation }]) => conversation !== desk.shown)
    .map(([request, where]) => ({
      label: customerName(request),
      // Many visitors have no name: what they need tells them apart.
      more: [where, request.customer.email, ...(request.tags ?? []), request.need]
        .filter(Boolean)
        .join(' · '),
      run: () => open(request.conversation),
    }))
}

function deskCommands(session: DeskSession, { showTeam, signOut }: CommandActions): DeskCommand[] {
  const { desk, me } = session
  return [
    ...otherWorkspaces(desk, me.workspaces).map(({ id, name, online }) => ({
      label: words.goToWorkspace(name ?? id),
      more: words.peopleOnline(online),
      run: () => location.assign(`?workspace=${encodeURIComponent(id)}`),
    })),
    { label: desk.isAway ? words.goOnline : words.goAway, run: () => session.setAway(!desk.isAway) },
    { label: words.team, run: showTeam },
    { label: words.signOut, run: signOut },
  ]
}
