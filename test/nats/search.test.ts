import fc from 'fast-check'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { RoleConnection } from '../../engine/nats/connect.ts'
import { ConversationIndex } from '../../engine/nats/notifier/conversations/conversation-index.ts'
import { ConversationSearch } from '../../engine/nats/notifier/conversations/conversation-search.ts'
import { followConversations } from '../../engine/nats/notifier/conversations/follow-conversations.ts'
import { bytesOfBlock, MessageTexts } from '../../engine/nats/notifier/conversations/message-texts.ts'
import { excerptOf, folded, wordsOf } from '../../engine/nats/notifier/conversations/words.ts'
import { askNotifier } from '../../engine/nats/views/signals.ts'
import {
  type OwnConversationsAnswer,
  type SearchAnswer,
  searchQuestion,
} from '../../schemas/protocol/search.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'

const foundIn = (texts: MessageTexts, word: string) =>
  [...texts.find(word)].flatMap(({ found }) => found.map(({ owner, sequence }) => [owner, sequence]))

describe('the texts of conversations', () => {
  test('are found from the latest on, and not across two of them', () => {
    const texts = new MessageTexts(2 * bytesOfBlock)
    texts.add(1, 10, 0, 'it arrived broken')
    texts.add(2, 11, 0, 'en brokenness')
    texts.add(1, 12, 0, 'kenyan tea, broken and bro')
    texts.add(3, 13, 0, 'ken')
    expect(foundIn(texts, 'broken')).toEqual([
      [1, 12],
      [2, 11],
      [1, 10],
    ])
    expect([texts.has(1, 'arrived'), texts.has(2, 'arrived'), texts.lastOf(1), texts.lastOf(9)]).toEqual([
      true,
      false,
      12,
      undefined,
    ])
  })

  test('of a conversation that is removed leave nothing', () => {
    const texts = new MessageTexts(2 * bytesOfBlock)
    texts.add(1, 10, 0, 'broken')
    texts.add(2, 11, 0, 'broken')
    texts.remove(1)
    expect(foundIn(texts, 'broken')).toEqual([[2, 11]])
    expect([texts.has(1, 'broken'), texts.lastOf(1)]).toEqual([false, undefined])
    // Its number is another conversation's now.
    texts.add(1, 12, 0, 'new')
    expect(texts.has(1, 'broken')).toBe(false)
  })

  test('take no more than their limit: the oldest leave first', () => {
    const texts = new MessageTexts(3 * bytesOfBlock)
    const long = 'x'.repeat(100_000)
    for (let n = 1; n <= 100; n++) texts.add(n, n, n * 1_000, `${long} number${n}.`)
    const left = foundIn(texts, 'number').map(([owner]) => owner as number)
    expect(texts.bytes).toBeLessThanOrEqual(3 * bytesOfBlock + 8 * 1024)
    expect(left[0]).toBe(100)
    expect(left.length).toBeGreaterThan(20)
    expect(texts.from).toBe((left.at(-1) as number) * 1_000)
    expect([texts.has(1, 'number1.'), texts.lastOf(1)]).toEqual([false, undefined])
  })

  test('are found as a plain search would find them', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é'), maxLength: 8 })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), text)), text, (said, word) => {
        const needle = wordsOf(word)[0]
        if (!needle) return
        const texts = new MessageTexts(0)
        for (const [n, [owner, text]] of said.entries()) texts.add(owner, n + 1, 0, folded(text))
        const plain = said.map(([owner, text], n) => [owner, n + 1, folded(text)] as const)
        const expected = plain.filter(([, , text]) => text.includes(needle)).map(([o, n]) => [o, n])
        expect(foundIn(texts, needle)).toEqual(expected.reverse())
        for (const owner of [1, 2, 3, 4])
          expect(texts.has(owner, needle)).toBe(expected.some(([one]) => one === owner))
      }),
    )
  })
})

describe('words', () => {
  test('are compared without case, accents and compatible forms', () => {
    expect(wordsOf('  José ＡＢＣ straße\u0000x ')).toEqual(['strasse', 'jose', 'abc', 'x'])
    expect(folded('ﬁn')).toBe('fin')
  })

  test('are marked in the text as it was written', () => {
    const { text, marks } = excerptOf('Grüße, die Straße ist ＮＡＳＳ 😀 nass', ['strasse', 'nass'])
    expect(marks.map(([start, length]) => text.slice(start, start + length))).toEqual([
      'Straße',
      'ＮＡＳＳ',
      'nass',
    ])
  })

  test('far into a long text are shown with what is around them', () => {
    const long = `${'word '.repeat(200)}broken ${'more '.repeat(200)}`
    const { text, marks } = excerptOf(long, ['broken'])
    expect([...text].length).toBeLessThan(210)
    expect(text).toMatch(/^… word .*broken more .*…$/)
    expect(marks.map(([start, length]) => text.slice(start, start + length))).toEqual(['broken'])
  })
})

describe('a notifier', () => {
  let world: TestWorld
  let workspace: RoleConnection
  beforeAll(async () => {
    world = await startTestWorld()
    await world.configure('channel.shop', { id: 'shop', workspace: 'sales', attributes: ['order', 'plan'] })
    await world.startEngine()
    await world.startNotifier()
    workspace = await world.connect('workspace')
    await say(
      'old',
      start({ locale: 'es' }),
      text('El paquete llegó ROTO'),
      accepted,
      reply('¡Lo siento, José!'),
      end,
    )
    await say(
      'new',
      start({ customer: { externalId: 'u-7', name: 'José García', email: 'jose@example.com' } }),
      text('Still broken, and late'),
    )
    await say(
      'shop',
      start({ channel: 'shop', attributes: { order: 'FD-4711', shoe: 'left' } }),
      text('A broken lamp'),
      accepted,
      ['agent.tagged', { agent: ann, tags: ['Refund'] }],
      ['agent.noted', { agent: ann, text: 'Carl knows the refund code' }],
    )
    await say('nobody', start({}), ['session.ended', {}])
  })
  afterAll(() => world?.stop())

  const ann = { id: 'ann', name: 'Ann Lee' }
  const start = (payload: object): [string, object] => ['session.started', { channel: 'web', ...payload }]
  const text = (text: string): [string, object] => ['session.message', { text }]
  const accepted: [string, object] = ['agent.accepted', { agent: ann }]
  const reply = (text: string): [string, object] => ['agent.message', { agent: ann, text }]
  const end: [string, object] = ['session.ended', {}]

  async function say(conversation: string, ...events: [type: string, payload: object][]) {
    let seq = 0
    for (const [type, payload] of events) seq = await world.publish(conversation, type, payload)
    await until(async () => (await world.records(conversation)).some(({ event }) => event.seq === seq))
  }
  const ask = async (question: object) => {
    const answer = (await askNotifier(workspace, 'search', question)) as SearchAnswer & { code?: string }
    return answer
  }
  /** The conversations of an answer once all is read and it is so. */
  async function found(question: object, ids: string[]): Promise<SearchAnswer> {
    let answer = await ask(question)
    const isSo = () =>
      !answer.progress && answer.conversations.map((one) => one.conversation).join() === ids.join()
    await until(async () => {
      answer = await ask(question)
      return isSo()
    }, 20_000).catch(() => {})
    expect(answer.conversations.map(({ conversation }) => conversation)).toEqual(ids)
    return answer
  }

  test('finds words in texts, notes and what is known of the customer, the latest first', async () => {
    const { conversations } = await found({ text: 'broken' }, ['shop', 'new'])
    expect(conversations[1]).toEqual({
      conversation: 'new',
      workspace: 'main',
      channel: 'web',
      state: 'queued',
      startedAt: expect.any(String),
      at: expect.any(String),
      customer: { name: 'José García', email: 'jose@example.com', externalId: 'u-7', verified: true },
      need: 'Still broken, and late',
      said: {
        at: expect.any(String),
        author: { type: 'customer' },
        text: 'Still broken, and late',
        marks: [[6, 6]],
      },
    })
    const [old] = (await found({ text: 'jose lo roto' }, ['old'])).conversations
    // The word that the fewest have is shown.
    expect(old?.said?.marks).not.toEqual([])
    await found({ text: 'JOSÉ' }, ['new', 'old'])
    await found({ text: 'refund code' }, ['shop'])
    await found({ text: 'fd-4711' }, ['shop'])
    // An attribute that the channel does not name.
    await found({ text: 'left' }, [])
    await found({ text: 'broken roto' }, [])
  })

  test('finds by customer, tag, agent, channel, workspace and time', async () => {
    await found({ customer: 'JOSE@example.com' }, ['new'])
    await found({ customer: 'jose garcia' }, ['new'])
    await found({ externalId: 'u-7' }, ['new'])
    await found({ externalId: 'U-7' }, [])
    await found({ externalId: 'none', email: 'Jose@Example.com' }, ['new'])
    await found({ tag: 'refund' }, ['shop'])
    await found({ agent: 'ann' }, ['shop', 'old'])
    await found({ agent: 'Ann Lee' }, ['shop', 'old'])
    await found({ channel: 'shop' }, ['shop'])
    await found({ workspaces: ['sales'] }, ['shop'])
    await found({ workspaces: [] }, [])
    await found({ text: 'broken', workspaces: ['main'] }, ['new'])
    await found({ to: '2020-01-01T00:00:00Z' }, [])
    await found({ from: '2020-01-01T00:00:00Z', limit: 1, offset: 1 }, ['new'])
    expect((await ask({ limit: 1, offset: 1 })).isMore).toBe(true)
    expect((await ask({ text: 'x'.repeat(201) })).code).toBe('invalid')
    expect((await ask({ offset: 1_001 })).code).toBe('invalid')
  })

  test('knows what happens after the first question, and forgets what is erased', async () => {
    await found({ text: 'umbrella' }, [])
    await say('later', start({}), text('My umbrella'))
    await found({ text: 'umbrella' }, ['later'])
    await world.publish('later', 'admin.erased', {})
    await found({ text: 'umbrella' }, [])
  })

  test('finds a transferred conversation in its workspace, and where it was once it has ended', async () => {
    await say('moved', start({}), text('A kettle'), accepted, [
      'agent.transferred',
      { agent: ann, to: { workspace: 'sales' } },
    ])
    await found({ text: 'kettle', workspaces: ['sales'] }, ['moved'])
    await found({ text: 'kettle', workspaces: ['main'] }, [])
    await say('moved', end)
    await found({ text: 'kettle', workspaces: ['main'] }, ['moved'])
  })

  test('tells a customer their own conversations only', async () => {
    const own = async (externalId: string) =>
      (await askNotifier(workspace, 'own', { externalId })) as OwnConversationsAnswer
    expect(await own('u-7')).toEqual({
      conversations: [
        { conversation: 'new', state: 'queued', at: expect.any(String), text: 'Still broken, and late' },
      ],
    })
    for (const other of ['U-7', 'u-', '*', 'jose@example.com'])
      expect((await own(other)).conversations).toEqual([])
  })

  test('reads texts while others come, and leaves out what was erased meanwhile', async () => {
    const index = new ConversationIndex()
    const following = followConversations(world.nats, pino({ level: 'silent' }), index)
    onTestFinished(() => following.stop())
    const search = new ConversationSearch(world.nats, pino({ level: 'silent' }), index, following, 0)
    onTestFinished(() => search.stop())
    await say('meanwhile', start({}), text('A teapot'))
    await search.readTexts()
    const ids = async (text: string) =>
      (await search.search(searchQuestion.parse({ text }))).conversations.map((one) => one.conversation)
    await until(async () => (await ids('teapot')).length === 1)
    expect(await ids('roto')).toEqual(['old'])
    await world.publish('meanwhile', 'admin.erased', {})
    await until(async () => (await ids('teapot')).length === 0)
  })
})
