import { describe, expect, test } from 'vitest'
import type { OpenRequest } from '../../schemas/conversation/notification.ts'
import type { Message, Status } from '../../schemas/conversation/record.ts'
import { typingMs } from '../../schemas/limits.ts'
import type { AgentEvent, DeskGatewayFrame } from '../../schemas/protocol/desk.ts'
import { waited } from '../../workers/pages/base/time.ts'
import {
  close,
  draft,
  focus,
  markSeen,
  open,
  send,
  takeBack,
} from '../../workers/pages/desk/state/agent-actions.ts'
import { type Desk, type DeskConversation, emptyDesk } from '../../workers/pages/desk/state/desk-state.ts'
import { keptText, restored } from '../../workers/pages/desk/state/kept-desk.ts'
import { receive } from '../../workers/pages/desk/state/receive.ts'
import {
  arrivals,
  followed,
  pendingAction,
  requestOf,
  sections,
  standing,
  unread,
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
  more: { status?: Status; clientId?: string } = {},
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
  const desk = receiveAll(
    open(deskWith(request('c1')), 'c1'),
    record('c1', 20, [notice], { status: { state: 'queued', request: 1 } }),
    record('c1', 21, [notice], { status: { state: 'withAgent', request: 1, agent: bob } }),
    record('c1', 22, [notice]),
    record('c1', 23, [notice], { status: { state: 'queued', request: 1 } }),
    record('c1', 24, [notice], { status: { state: 'withAgent', request: 1, agent: ann } }),
    record('c1', 25, [notice], { status: { state: 'ended', request: 1, agent: ann, reason: 'agent' } }),
  )
  expect(conversationOf(desk, 'c1').transcript.map(({ notice }) => notice)).toEqual([
    undefined,
    { kind: 'joined', agent: bob },
    undefined,
    { kind: 'released', agent: bob },
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
      open(deskWith(request('c1')), 'c1'),
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

describe('new requests', () => {
  const before = deskWith(request('c1'))

  test('are not announced while the first list arrives, nor again after a reconnect', () => {
    expect(arrivals(emptyDesk('main'), before)).toEqual([])
    expect(arrivals(before, receiveAll(before, ...connecting(request('c1'), request('c2'))))).toEqual([
      request('c2'),
    ])
  })

  test('are those that arrive, and those that another agent releases', () => {
    const came = receiveAll(before, { type: 'request', request: request('c2') })
    expect(ids(arrivals(before, came))).toEqual(['c2'])
    const theirs = deskWith(accepted('c3', bob))
    const back = receiveAll(theirs, { type: 'request', request: request('c3', { record: 30 }) })
    expect(ids(arrivals(theirs, back))).toEqual(['c3'])
  })

  test('are not those that this agent releases, nor reminders', () => {
    const mine = deskWith(accepted('c3'))
    expect(
      arrivals(mine, receiveAll(mine, { type: 'request', request: request('c3', { record: 30 }) })),
    ).toEqual([])
    expect(
      arrivals(before, receiveAll(before, { type: 'request', request: request('c1', { record: 30 }) })),
    ).toEqual([])
  })
})

describe('a conversation', () => {
  test('is followed while it is shown, and while it is the agent’s own', () => {
    const desk = open(deskWith(request('c1'), accepted('mine'), accepted('theirs', bob)), 'c1')
    expect([...followed(desk)].sort()).toEqual(['c1', 'mine'])
    expect([...followed(close(desk, 'c1'))]).toEqual(['mine'])
  })

  test('has each record once, in order, even if records are sent again', () => {
    const one = record('c1', 11, [message('customer', 'one')])
    const two = record('c1', 12, [message('customer', 'two')])
    const desk = receiveAll(open(deskWith(request('c1')), 'c1'), one, two, one, two)
    expect(conversationOf(desk, 'c1').transcript.map(({ message }) => message.text)).toEqual(['one', 'two'])
  })

  test('updates its request from a record, before the list does', () => {
    const status: Status = { state: 'withAgent', request: 1, agent: bob }
    const told = receiveAll(open(deskWith(request('c1')), 'c1'), record('c1', 11, [], { status }))
    expect(standing(told, 'c1')).toBe('others')
    const late = receiveAll(told, { type: 'request', request: request('c1', { record: 10 }) })
    expect(standing(late, 'c1')).toBe('others')
    expect(standing(receiveAll(late, { type: 'request', request: accepted('c1', bob) }), 'c1')).toBe('others')
  })

  test('does not update its request from an old record', () => {
    const status: Status = { state: 'queued', request: 1 }
    const desk = receiveAll(open(deskWith(accepted('c1')), 'c1'), record('c1', 5, [], { status }))
    expect(standing(desk, 'c1')).toBe('mine')
  })

  test('that has ended stays on the screen with its request', () => {
    const status: Status = { state: 'ended', request: 1, reason: 'customer' }
    const desk = receiveAll(open(deskWith(accepted('c1')), 'c1'), record('c1', 21, [], { status }), {
      type: 'request',
      request: accepted('c1', ann, { state: 'ended', record: 21 }),
    })
    expect(standing(desk, 'c1')).toBe('over')
    expect(sections(desk).mine).toEqual([])
    expect(requestOf(desk, 'c1')?.need).toBe('help')
    expect(desk.tabs).toEqual(['c1'])
  })

  test('shows the customer typing for a while, or until their message arrives', () => {
    const typing = receiveAll(open(deskWith(request('c1')), 'c1'), { type: 'typing', conversation: 'c1' })
    expect(conversationOf(typing, 'c1').typingUntil).toBe(now + typingMs)
    const said = receiveAll(typing, record('c1', 11, [message('customer', 'hi')]))
    expect(conversationOf(said, 'c1').typingUntil).toBe(0)
  })
})

describe('an event of the agent’s', () => {
  const mine = open(deskWith(accepted('c1')), 'c1')
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
    const first = send(open(mine, 'c2'), say('c2', 'k1'), '1')
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
  const waiting = receiveAll(open(deskWith(request('c1')), 'c1'), { type: 'ready', conversation: 'c1' })
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

describe('tabs', () => {
  const desk = deskWith(request('w1'), request('w2'), accepted('m1'), accepted('m2'))

  test('opening a request replaces one that was only read, not the agent’s own', () => {
    expect(open(open(desk, 'w1'), 'w2').tabs).toEqual(['w2'])
    expect(open(open(open(desk, 'm1'), 'w1'), 'm2').tabs).toEqual(['m1', 'm2'])
    expect(open(open(desk, 'm1'), 'w1').tabs).toEqual(['m1', 'w1'])
  })

  test('an unsent draft keeps its tab', () => {
    const written = draft(open(desk, 'w1'), 'w1', 'Dear')
    expect(open(written, 'w2').tabs).toEqual(['w1', 'w2'])
  })

  test('closing a tab focuses its neighbour; closing the last focuses none', () => {
    const both = open(open(desk, 'm1'), 'm2')
    expect(close(both, 'm2')).toMatchObject({ tabs: ['m1'], focused: 'm1' })
    expect(close(focus(both, 'm1'), 'm2')).toMatchObject({ tabs: ['m1'], focused: 'm1' })
    expect(close(close(both, 'm2'), 'm1')).toMatchObject({ tabs: [], focused: null })
  })

  test('a conversation that is no longer followed is dropped', () => {
    expect([...close(open(desk, 'w1'), 'w1').conversations.keys()].sort()).toEqual(['m1', 'm2'])
  })
})

describe('a reload', () => {
  const left = send(
    draft(
      markSeen(
        open(receiveAll(deskWith(accepted('c1')), record('c1', 21, [message('customer', 'hi')])), 'c1'),
        'c1',
      ),
      'c1',
      'x',
    ),
    say('c1', 'k1'),
    't1',
  )
  const written = draft(left, 'c1', 'Dear José')

  test('keeps tabs, drafts, unsent events and what was seen; the transcript arrives again', () => {
    const back = restored(keptText(written), ann, 'main')
    expect(back).toMatchObject({ tabs: ['c1'], focused: 'c1', agent: ann })
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
    expect(restored(keptText(written), bob, 'main').tabs).toEqual([])
    expect(restored('{"agent":"ann"}', ann, 'main').tabs).toEqual([])
    expect(restored('{', ann, 'main').tabs).toEqual([])
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
