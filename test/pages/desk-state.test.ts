import { describe, expect, test } from 'vitest'
import type { OpenRequest } from '../../schemas/conversation/notification.ts'
import type { Message, RequestChange, Status } from '../../schemas/conversation/record.ts'
import { typingMs } from '../../schemas/limits.ts'
import type { AgentEvent, DeskGatewayFrame } from '../../schemas/protocol/desk.ts'
import { waited } from '../../workers/pages/base/time.ts'
import { draft, markSeen, send, show, takeBack } from '../../workers/pages/desk/state/agent-actions.ts'
import { type Desk, type DeskConversation, emptyDesk } from '../../workers/pages/desk/state/desk-state.ts'
import { keptText, restored } from '../../workers/pages/desk/state/kept-desk.ts'
import { newsBetween } from '../../workers/pages/desk/state/news.ts'
import { receive } from '../../workers/pages/desk/state/receive.ts'
import {
  followed,
  nextRequest,
  pendingAction,
  requestOf,
  sections,
  standing,
  tagsOf,
  turnOf,
  unread,
  unseen,
  unsent,
} from '../../workers/pages/desk/state/selectors.ts'

const ann = { id: 'ann', name: 'Ann' }
const bob = { id: 'bob', name: 'Bob' }
const now = Date.parse('2026-06-05T15:00:00.000Z')

function request(conversation: string, more: Partial<OpenRequest> = {}): OpenRequest {
  return {
    workspace: 'main',
    conversation,
    request: 1,
    record: 10,
    state: 'waiting',
    at: '2026-06-05T14:59:00.000Z',
    queuedAt: '2026-06-05T14:59:00.000Z',
    channel: 'web',
    locale: 'en',
    hours: 'during',
    opensAt: null,
    customer: { name: null, email: null, externalId: null, verified: false },
    need: 'help',
    ...more,
  }
}

const accepted = (conversation: string, agent = ann, more: Partial<OpenRequest> = {}) =>
  request(conversation, { state: 'accepted', agent, record: 20, ...more })

function message(author: Message['author']['type'], text: string, more: Partial<Message> = {}): Message {
  return {
    id: `c.${text}`,
    author: { type: author, ...(author === 'agent' && ann) },
    type: 'text',
    text,
    ...more,
  }
}

function record(
  conversation: string,
  sequence: number,
  messages: Message[],
  more: Partial<Extract<DeskGatewayFrame, { type: 'record' }>> = {},
): DeskGatewayFrame {
  return { type: 'record', conversation, sequence, at: '2026-06-05T14:59:30.000Z', messages, ...more }
}

/** The desk after frames from the gateway. */
function receiveAll(desk: Desk, ...frames: DeskGatewayFrame[]): Desk {
  return frames.reduce((before, frame) => receive(before, frame, now), desk)
}

/** A connected desk with these requests. */
function deskWith(...requests: OpenRequest[]): Desk {
  return receiveAll(emptyDesk('main'), ...connecting(...requests))
}

function connecting(...requests: OpenRequest[]): DeskGatewayFrame[] {
  return [
    { type: 'welcome', agent: ann, workspace: 'main' },
    ...requests.map((request) => ({ type: 'request' as const, request })),
    { type: 'ready' },
  ]
}

const conversationOf = (desk: Desk, id: string) => desk.conversations.get(id) as DeskConversation
const ids = (requests: OpenRequest[]) => requests.map(({ conversation }) => conversation)
const say = (conversation: string, clientId: string, text = clientId): AgentEvent => ({
  type: 'message',
  conversation,
  clientId,
  text,
})

test('a notice tells by the change of status what happened, and one of a machine’s own nothing', () => {
  const notice = message('system', 'To the customer', { type: 'notice' })
  const back = (sequence: number, requests: RequestChange[]) =>
    record('c1', sequence, [notice], { status: { state: 'queued', request: 1 }, requests })
  const desk = receiveAll(
    show(deskWith(request('c1')), 'c1'),
    record('c1', 20, [notice], { status: { state: 'queued', request: 1 } }),
    record('c1', 21, [notice], { status: { state: 'withAgent', request: 1, agent: bob } }),
    record('c1', 22, [notice]),
    record('c1', 23, [notice], { status: { state: 'queued', request: 1 } }),
    record('c1', 24, [notice], { status: { state: 'withAgent', request: 1, agent: ann } }),
    back(25, [{ action: 'released', request: 1, reason: 'unattended' }]),
    record('c1', 26, [notice], { status: { state: 'withAgent', request: 1, agent: ann } }),
    back(27, [
      { action: 'transferred', request: 1 },
      { action: 'offered', request: 1, agent: bob },
    ]),
    record('c1', 28, [notice], { status: { state: 'withAgent', request: 1, agent: ann } }),
    record('c1', 29, [notice], { status: { state: 'ended', request: 1, agent: ann, reason: 'agent' } }),
  )
  expect(conversationOf(desk, 'c1').transcript.map(({ notice }) => notice)).toEqual([
    undefined,
    { kind: 'joined', agent: bob },
    undefined,
    { kind: 'released', agent: bob },
    { kind: 'joined', agent: ann },
    { kind: 'unattended', agent: ann },
    { kind: 'joined', agent: ann },
    { kind: 'transferred', agent: ann, other: bob },
    { kind: 'joined', agent: ann },
    { kind: 'endedByAgent', agent: ann },
  ])
})

describe('the list of requests', () => {
  test('has the waiting requests, longest wait first, the agent’s own, and those of others', () => {
    const desk = deskWith(
      request('young', { queuedAt: '2026-06-05T14:59:50.000Z' }),
      accepted('mine'),
      request('old', { queuedAt: '2026-06-05T14:00:00.000Z' }),
      accepted('theirs', bob),
      request('over', { state: 'ended' }),
    )
    const { waiting, mine, others } = sections(desk)
    expect([ids(waiting), ids(mine), ids(others)]).toEqual([['old', 'young'], ['mine'], ['theirs']])
  })

  test('is replaced once a new connection has listed all requests, without a flicker before', () => {
    const [welcome, ...rest] = connecting(request('c2'))
    const reconnecting = receiveAll(deskWith(request('c1')), welcome as DeskGatewayFrame)
    expect(ids(sections(reconnecting).waiting)).toEqual(['c1'])
    expect(ids(sections(receiveAll(reconnecting, ...rest)).waiting)).toEqual(['c2'])
  })

  test('ignores a stale request', () => {
    const newer = accepted('c1', bob)
    const desk = receiveAll(deskWith(newer), { type: 'request', request: request('c1') })
    expect(standing(desk, 'c1')).toBe('others')
  })

  test('keeps the latest of each request: one that ended while the list was read does not come back', () => {
    const desk = deskWith(request('c1', { state: 'withdrawn', record: 20 }), request('c1', { record: 10 }))
    expect(desk.requests.size).toBe(0)
  })

  test('drops an erased conversation', () => {
    const desk = receiveAll(
      show(deskWith(request('c1')), 'c1'),
      record('c1', 10, [message('customer', 'hi')]),
      {
        type: 'gone',
        conversation: 'c1',
      },
    )
    expect(desk.requests.size).toBe(0)
    expect(conversationOf(desk, 'c1')).toMatchObject({
      transcript: [],
      request: null,
      isErased: true,
      draft: '',
    })
    expect(standing(desk, 'c1')).toBe('over')
  })
})

describe('news', () => {
  const before = deskWith(request('c1'), accepted('mine'), accepted('theirs', bob))
  /** The news that the agent is told when frames arrive. */
  const news = (desk: Desk, ...frames: DeskGatewayFrame[]) =>
    newsBetween(desk, receiveAll(desk, ...frames)).map(
      ({ kind, request }) => `${kind} ${request.conversation}`,
    )
  const request30 = (more: Partial<OpenRequest>, conversation = 'mine'): DeskGatewayFrame => ({
    type: 'request',
    request: accepted(conversation, ann, { record: 30, ...more }),
  })

  test('are none while the first list arrives, nor again after a reconnect', () => {
    expect(newsBetween(emptyDesk('main'), before)).toEqual([])
    const same = [request('c1'), accepted('mine'), accepted('theirs', bob)]
    expect(news(before, ...connecting(...same, request('c2')))).toEqual(['request c2'])
  })

  test('are requests that arrive, and those that another agent releases', () => {
    expect(news(before, { type: 'request', request: request('c2') })).toEqual(['request c2'])
    const back = request('theirs', { record: 30 })
    expect(news(before, { type: 'request', request: back })).toEqual(['request theirs'])
  })

  test('are not what this agent releases, nor reminders', () => {
    const released = send(before, { type: 'release', conversation: 'mine', clientId: 'k' }, 't')
    expect(news(released, { type: 'request', request: request('mine', { record: 30 }) })).toEqual([])
    expect(news(before, { type: 'request', request: request('c1', { record: 30 }) })).toEqual([])
  })

  test('are offers to this agent once, and none that are made to others', () => {
    const offer = (agent: typeof ann, conversation: string): DeskGatewayFrame => ({
      type: 'request',
      request: request(conversation, { record: 30, offer: { agent, until: '2026-06-05T15:00:30.000Z' } }),
    })
    expect(news(before, offer(ann, 'c1'))).toEqual(['offer c1'])
    expect(news(receiveAll(before, offer(ann, 'c1')), offer(ann, 'c1'))).toEqual([])
    expect(news(before, offer(bob, 'c2'))).toEqual([])
  })

  test('are an own customer who waits long, once, and an own conversation that is taken over or back in the queue', () => {
    const unattendedSince = '2026-06-05T14:50:00.000Z'
    expect(news(before, request30({ unattendedSince }))).toEqual(['unattended mine'])
    expect(news(receiveAll(before, request30({ unattendedSince })), request30({ unattendedSince }))).toEqual(
      [],
    )
    const [taken] = newsBetween(before, receiveAll(before, request30({ agent: bob })))
    expect(taken).toMatchObject({ kind: 'takenOver', agent: bob })
    expect(news(before, { type: 'request', request: request('mine', { record: 30 }) })).toEqual([
      'returned mine',
    ])
    expect(news(before, request30({ unattendedSince, agent: bob }, 'theirs'))).toEqual([])
  })

  test('are the customers’ messages in own conversations, not what is read again after a reload', () => {
    const said = record('mine', 30, [message('customer', 'hello'), message('agent', 'hi')])
    const known = receiveAll(before, { type: 'ready', conversation: 'mine' })
    expect(news(before, said)).toEqual([])
    expect(newsBetween(known, receiveAll(known, said))).toMatchObject([{ kind: 'reply', text: 'hello' }])
    expect(news(known, record('mine', 30, [message('agent', 'hi')]))).toEqual([])
    const watching = receiveAll(show(before, 'theirs'), { type: 'ready', conversation: 'theirs' })
    expect(news(watching, record('theirs', 30, [message('customer', 'hello')]))).toEqual([])
  })
})

describe('offers', () => {
  const offeredTo = (agent: typeof ann, conversation: string, queuedAt: string) =>
    request(conversation, { queuedAt, offer: { agent, until: '2026-06-05T15:00:30.000Z' } })
  const desk = deskWith(
    offeredTo(bob, 'bobs', '2026-06-05T14:00:00.000Z'),
    request('free', { queuedAt: '2026-06-05T14:30:00.000Z' }),
    offeredTo(ann, 'anns', '2026-06-05T14:50:00.000Z'),
  )

  test('to this agent stand first, and those to others are not next', () => {
    expect(ids(sections(desk).waiting)).toEqual(['anns', 'bobs', 'free'])
    expect(nextRequest(desk)?.conversation).toBe('anns')
    expect(nextRequest(desk, 'anns')?.conversation).toBe('free')
  })

  test('count among what calls for the agent, and are over once it is accepted', () => {
    expect(unseen(desk)).toBe(1)
    const status: Status = { state: 'withAgent', request: 1, agent: ann }
    const taken = receiveAll(show(desk, 'anns'), record('anns', 40, [], { status }))
    expect(requestOf(taken, 'anns')?.offer).toBeUndefined()
    expect(standing(taken, 'anns')).toBe('mine')
  })
})

describe('presence', () => {
  test('says since when a customer is gone, however often it is told, and is forgotten with the request', () => {
    const gone = (at: string): DeskGatewayFrame => ({
      type: 'presence',
      conversation: 'c1',
      state: 'gone',
      at,
    })
    const desk = receiveAll(
      deskWith(request('c1')),
      gone('2026-06-05T14:00:00.000Z'),
      gone('2026-06-05T14:00:30.000Z'),
    )
    expect(desk.presence.get('c1')).toEqual({ state: 'gone', at: '2026-06-05T14:00:00.000Z' })
    expect(receiveAll(desk, ...connecting()).presence.size).toBe(0)
  })

  test('of the team is as it was told last', () => {
    const team = {
      agents: [{ ...ann, state: 'online' as const, accepted: 2, offered: 0 }],
      waiting: 1,
      workspaces: [],
    }
    expect(receiveAll(deskWith(), { type: 'team', ...team }).team).toEqual(team)
  })
})

describe('a conversation', () => {
  test('is followed while it is shown, and while it is the agent’s own', () => {
    const desk = show(deskWith(request('c1'), accepted('mine'), accepted('theirs', bob)), 'c1')
    expect([...followed(desk)].sort()).toEqual(['c1', 'mine'])
    expect([...followed(show(desk, null))]).toEqual(['mine'])
  })

  test('is followed once it is the agent’s own at another desk, and no more once it is not', () => {
    const desk = receiveAll(deskWith(request('c1')), { type: 'request', request: accepted('c1') })
    expect([...desk.conversations.keys()]).toEqual(['c1'])
    const lost = receiveAll(desk, { type: 'request', request: accepted('c1', bob, { record: 30 }) })
    expect(lost.conversations.size).toBe(0)
  })

  test('has each record once, in order, even if records are sent again', () => {
    const one = record('c1', 11, [message('customer', 'one')])
    const two = record('c1', 12, [message('customer', 'two')])
    const desk = receiveAll(show(deskWith(request('c1')), 'c1'), one, two, one, two)
    expect(conversationOf(desk, 'c1').transcript.map(({ message }) => message.text)).toEqual(['one', 'two'])
  })

  test('updates its request from a record, before the list does', () => {
    const status: Status = { state: 'withAgent', request: 1, agent: bob }
    const told = receiveAll(show(deskWith(request('c1')), 'c1'), record('c1', 11, [], { status }))
    expect(standing(told, 'c1')).toBe('others')
    const late = receiveAll(told, { type: 'request', request: request('c1', { record: 10 }) })
    expect(standing(late, 'c1')).toBe('others')
    expect(standing(receiveAll(late, { type: 'request', request: accepted('c1', bob) }), 'c1')).toBe('others')
  })

  test('does not update its request from an old record', () => {
    const status: Status = { state: 'queued', request: 1 }
    const desk = receiveAll(show(deskWith(accepted('c1')), 'c1'), record('c1', 5, [], { status }))
    expect(standing(desk, 'c1')).toBe('mine')
  })

  test('that has ended stays on the screen with its request', () => {
    const status: Status = { state: 'ended', request: 1, reason: 'customer' }
    const desk = receiveAll(show(deskWith(accepted('c1')), 'c1'), record('c1', 21, [], { status }), {
      type: 'request',
      request: accepted('c1', ann, { state: 'ended', record: 21 }),
    })
    expect(standing(desk, 'c1')).toBe('over')
    expect(sections(desk).mine).toEqual([])
    expect(requestOf(desk, 'c1')?.need).toBe('help')
    expect(desk.shown).toBe('c1')
  })

  test('shows the customer typing for a while, or until their message arrives', () => {
    const typing = receiveAll(show(deskWith(request('c1')), 'c1'), { type: 'typing', conversation: 'c1' })
    expect(conversationOf(typing, 'c1').typingUntil).toBe(now + typingMs)
    const said = receiveAll(typing, record('c1', 11, [message('customer', 'hi')]))
    expect(conversationOf(said, 'c1').typingUntil).toBe(0)
  })
})

describe('an event of the agent’s', () => {
  const mine = show(deskWith(accepted('c1')), 'c1')
  const pending = (desk: Desk) =>
    conversationOf(desk, 'c1').pending.map(({ event, state }) => [event.clientId, state])

  test('is pending until it is stored, and then until a record has it', () => {
    const sent = send(mine, say('c1', 'k1'), 't1')
    expect(pending(sent)).toEqual([['k1', 'sending']])
    const stored = receiveAll(sent, { type: 'stored', conversation: 'c1', clientId: 'k1' })
    expect(pending(stored)).toEqual([['k1', 'stored']])
    const said = receiveAll(
      stored,
      record('c1', 21, [message('agent', 'k1', { clientId: 'k1' })], { clientId: 'k1' }),
    )
    expect(pending(said)).toEqual([])
    expect(conversationOf(said, 'c1').transcript).toHaveLength(1)
  })

  test('is unsent until it is stored; unsent events keep their order', () => {
    const first = send(show(mine, 'c2'), say('c2', 'k1'), '1')
    const sent = send(send(first, say('c1', 'k2'), '2'), say('c2', 'k3'), '3')
    const stored = receiveAll(sent, { type: 'stored', conversation: 'c1', clientId: 'k2' })
    expect(unsent(sent).map(({ clientId }) => clientId)).toEqual(['k1', 'k2', 'k3'])
    expect(unsent(stored).map(({ clientId }) => clientId)).toEqual(['k1', 'k3'])
  })

  test('stays on the screen when it is refused, and can be taken back', () => {
    const sent = draft(send(mine, say('c1', 'k1', 'too long'), 't1'), 'c1', 'next')
    const refused = receiveAll(sent, {
      type: 'rejected',
      conversation: 'c1',
      clientId: 'k1',
      code: 'too_long',
      message: 'the text is too long',
    })
    expect(pending(refused)).toEqual([['k1', 'refused']])
    const back = takeBack(refused, 'c1', 'k1')
    expect(conversationOf(back, 'c1')).toMatchObject({ pending: [], draft: 'next\ntoo long' })
  })

  test('is refused by an error, too; an unknown conversation refuses all of them', () => {
    const sent = send(send(mine, say('c1', 'k1'), '1'), say('c1', 'k2'), '2')
    const one = receiveAll(sent, {
      type: 'error',
      code: 'frame_invalid',
      message: '',
      clientId: 'k2',
      field: 'text',
    })
    expect(pending(one)).toEqual([
      ['k1', 'sending'],
      ['k2', 'refused'],
    ])
    const all = receiveAll(sent, {
      type: 'error',
      code: 'unknown_conversation',
      message: '',
      conversation: 'c1',
    })
    expect(pending(all)).toEqual([
      ['k1', 'refused'],
      ['k2', 'refused'],
    ])
  })
})

describe('accepting', () => {
  const waiting = receiveAll(show(deskWith(request('c1')), 'c1'), { type: 'ready', conversation: 'c1' })
  const accept: AgentEvent = { type: 'accept', conversation: 'c1', clientId: 'k1', request: 1 }

  test('makes the request the agent’s as soon as the record arrives', () => {
    const sent = send(waiting, accept, 't1')
    expect(pendingAction(conversationOf(sent, 'c1'))).toBe('accept')
    const status: Status = { state: 'withAgent', request: 1, agent: ann }
    const won = receiveAll(sent, record('c1', 11, [], { status, clientId: 'k1' }))
    expect(pendingAction(conversationOf(won, 'c1'))).toBeNull()
    expect(standing(won, 'c1')).toBe('mine')
  })

  test('too late shows who was faster, until the request waits again', () => {
    const status: Status = { state: 'withAgent', request: 1, agent: bob }
    const lost = receiveAll(send(waiting, accept, 't1'), record('c1', 11, [], { status }), {
      type: 'rejected',
      conversation: 'c1',
      clientId: 'k1',
      code: 'already_accepted',
      message: '',
      agent: bob,
    })
    expect(standing(lost, 'c1')).toBe('others')
    expect(conversationOf(lost, 'c1').refusal).toMatchObject({ type: 'accept', agent: bob })
    const released = receiveAll(lost, record('c1', 12, [], { status: { state: 'queued', request: 1 } }))
    expect(standing(released, 'c1')).toBe('waiting')
    expect(conversationOf(released, 'c1').refusal).toBeNull()
  })

  test('shows who was faster even if the refusal arrives before the record', () => {
    const rejected: DeskGatewayFrame = {
      type: 'rejected',
      conversation: 'c1',
      clientId: 'k1',
      code: 'already_accepted',
      message: '',
      agent: bob,
    }
    const lost = receiveAll(send(waiting, accept, 't1'), rejected)
    expect(conversationOf(lost, 'c1').refusal?.agent).toEqual(bob)
    expect(pendingAction(conversationOf(lost, 'c1'))).toBeNull()
  })
})

describe('unread messages', () => {
  const said = (desk: Desk) =>
    receiveAll(
      desk,
      record('c1', 21, [message('customer', 'one')]),
      record('c1', 22, [message('agent', 'two')]),
      record('c1', 23, [message('customer', 'three'), message('bot', 'four')]),
    )

  test('are the customer’s since the last answer, if it is not known what was seen', () => {
    expect(unread(conversationOf(said(deskWith(accepted('c1'))), 'c1'))).toBe(1)
  })

  test('are none after they were seen', () => {
    const seen = markSeen(said(deskWith(accepted('c1'))), 'c1')
    expect(unread(conversationOf(seen, 'c1'))).toBe(0)
    const more = receiveAll(seen, record('c1', 24, [message('customer', 'five')]))
    expect(unread(conversationOf(more, 'c1'))).toBe(1)
  })
})

describe('the conversation that is shown', () => {
  const desk = deskWith(request('w1'), request('w2'), accepted('m1'))

  test('replaces the one before, which is dropped where it holds nothing', () => {
    const next = show(show(desk, 'w1'), 'w2')
    expect([...next.conversations.keys()].sort()).toEqual(['m1', 'w2'])
  })

  test('leaves an unsent draft or note behind, for when it is shown again', () => {
    const written = draft(show(desk, 'w1'), 'w1', 'Dear', true)
    const back = show(show(written, 'w2'), 'w1')
    expect(conversationOf(back, 'w1').noteDraft).toBe('Dear')
  })
})

describe('a take-over', () => {
  const mine = draft(show(deskWith(accepted('c1')), 'c1'), 'c1', 'Dear José')
  const joined = message('system', 'Bob has joined.', { type: 'notice' })
  const status: Status = { state: 'withAgent', request: 1, agent: bob }
  const before = receiveAll(mine, record('c1', 20, [], { status: { ...status, agent: ann } }))
  const lost = receiveAll(before, record('c1', 21, [joined], { status }))

  test('tells the loser who has it, and keeps the draft', () => {
    expect(standing(lost, 'c1')).toBe('others')
    expect(conversationOf(lost, 'c1')).toMatchObject({ takenBy: bob, draft: 'Dear José' })
    expect(conversationOf(lost, 'c1').transcript.at(-1)?.notice).toEqual({
      kind: 'tookOver',
      agent: bob,
      other: ann,
    })
    const elsewhere = show(lost, null)
    expect(conversationOf(elsewhere, 'c1').draft).toBe('Dear José')
  })

  test('is told by the list, too, and forgotten once the agent has it again', () => {
    const told = receiveAll(before, { type: 'request', request: accepted('c1', bob, { record: 21 }) })
    expect(conversationOf(told, 'c1').takenBy).toEqual(bob)
    const back = receiveAll(lost, record('c1', 22, [], { status: { ...status, agent: ann } }))
    expect(conversationOf(back, 'c1').takenBy).toBeNull()
  })
})

describe('notes and tags', () => {
  const desk = show(deskWith(accepted('c1', ann, { tags: ['vip'] })), 'c1')

  test('a note stands in the transcript, answers nobody, and is pending until a record has it', () => {
    const note: AgentEvent = { type: 'note', conversation: 'c1', clientId: 'k1', text: 'knows the code' }
    const sent = send(draft(desk, 'c1', 'x', true), note, 't1')
    expect(conversationOf(sent, 'c1')).toMatchObject({ noteDraft: '', pending: [{ state: 'sending' }] })
    const noted = receiveAll(
      sent,
      record('c1', 21, [message('customer', 'hi')]),
      record('c1', 22, [], {
        clientId: 'k1',
        notes: [{ id: 'n', author: { type: 'agent', ...ann }, text: 'x' }],
      }),
    )
    const conversation = conversationOf(noted, 'c1')
    expect(conversation.pending).toEqual([])
    expect(conversation.transcript.at(-1)).toMatchObject({ isNote: true, message: { text: 'x' } })
    expect(unread(conversation)).toBe(1)
    expect(turnOf(conversation)?.isAgents).toBe(true)
  })

  test('tags are as the agent has left them, before the notifier says so', () => {
    const tag: AgentEvent = { type: 'tag', conversation: 'c1', clientId: 'k1', tags: ['vip', 'late'] }
    const tags = (desk: Desk) => tagsOf(requestOf(desk, 'c1') as OpenRequest, conversationOf(desk, 'c1'))
    const sent = send(desk, tag, 't1')
    expect(tags(sent)).toEqual(['vip', 'late'])
    const stored = receiveAll(sent, record('c1', 21, [], { clientId: 'k1' }))
    expect(conversationOf(stored, 'c1').pending).toEqual([])
    expect(tags(stored)).toEqual(['vip', 'late'])
  })
})

test('it is the turn of whoever was written to, since the first message that was not answered', () => {
  const desk = deskWith(accepted('c1'))
  const say = (desk: Desk, sequence: number, author: 'customer' | 'agent') =>
    receiveAll(desk, {
      ...record('c1', sequence, [message(author, String(sequence))]),
      at: `t${sequence}`,
    } as DeskGatewayFrame)
  const turn = (desk: Desk) => turnOf(conversationOf(desk, 'c1'))
  const asked = say(say(desk, 21, 'customer'), 22, 'customer')
  expect(turn(asked)).toEqual({ isAgents: true, since: 't21' })
  expect(turn(say(asked, 23, 'agent'))).toEqual({ isAgents: false, since: 't23' })
})

describe('a reload', () => {
  const left = send(
    draft(
      markSeen(
        show(receiveAll(deskWith(accepted('c1')), record('c1', 21, [message('customer', 'hi')])), 'c1'),
        'c1',
      ),
      'c1',
      'x',
    ),
    say('c1', 'k1'),
    't1',
  )
  const written = draft(left, 'c1', 'Dear José')

  test('keeps what is shown, drafts, unsent events and what was seen; the transcript arrives again', () => {
    const back = restored(keptText(written), ann, 'main')
    expect(back).toMatchObject({ shown: 'c1', agent: ann })
    expect(conversationOf(back, 'c1')).toMatchObject({
      draft: 'Dear José',
      seen: 21,
      transcript: [],
      last: 0,
    })
    expect(unsent(back)).toEqual([say('c1', 'k1')])
    const again = receiveAll(
      back,
      ...connecting(accepted('c1')),
      record('c1', 21, [message('customer', 'hi')]),
    )
    expect(unread(conversationOf(again, 'c1'))).toBe(0)
    expect(conversationOf(again, 'c1').draft).toBe('Dear José')
  })

  test('keeps nothing for another agent, and ignores what is not readable', () => {
    expect(restored(keptText(written), bob, 'main').shown).toBeNull()
    expect(restored('{"agent":"ann"}', ann, 'main').shown).toBeNull()
    expect(restored('{', ann, 'main').shown).toBeNull()
    expect(keptText(emptyDesk('main'))).toBeNull()
  })
})

test.each([
  [7, '7 s'],
  [599, '9 min'],
  [600, '10 min'],
  [3 * 3600 + 300, '3 h 05'],
  [50 * 3600, '2 d'],
  [-5, '0 s'],
])('%i seconds are shown as %s', (seconds, words) => {
  expect(waited(new Date(now - seconds * 1000).toISOString(), now)).toBe(words)
})
