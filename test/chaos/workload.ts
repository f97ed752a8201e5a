import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import type { Publisher } from '../../engine/nats/publisher.ts'
import { retry } from '../../engine/nats/retry.ts'
import { subjects } from '../../engine/nats/topology.ts'
import { type BotFlow, botFlow } from '../../schemas/configuration/bot-flow.ts'
import type { Channel } from '../../schemas/configuration/channel.ts'
import type { EventType } from '../../schemas/conversation/event.ts'
import { flowOf, message, options } from '../bots/flow.ts'
import type { Random } from './random.ts'

/** Events come in waves, so that those who die have much under way, and timers come due as events arrive. */
export const waveMs = 1_000
const waveLengthMs = 150

/** It waits for a call that nobody makes, and for customers; a text of theirs leads to an agent. */
export const bot = botFlow.parse(
  flowOf(
    {
      welcome: [
        options(
          'What is it about?',
          { Order: 'order', Again: 'welcome' },
          { name: 'topic', freeText: { goTo: 'person', variable: 'question' } },
        ),
      ],
      order: [
        { type: 'details', fields: ['name', { id: 'number', label: 'Number', type: 'text' }] },
        { type: 'set', variable: 'order', value: '{{details.number}} of {{customer.name}}' },
        {
          type: 'api',
          method: 'POST',
          url: 'https://api.example.com/{{details.number}}',
          timeout: 'PT1S',
          success: 'person',
          failure: 'unknown',
        },
      ],
      unknown: [message('We do not find {{variables.order}}.'), { type: 'resolved', no: 'person' }],
      person: [{ type: 'transfer', tags: ['robot'] }],
    },
    { id: 'robot', greeting: 'Hello' },
  ),
) as BotFlow

const soon = { unanswered: 'PT2S', escalate: 'PT4S', abandoned: 'PT5S' }
export const channels: Channel[] = [
  { id: 'curt', timeouts: { ...soon, idleCustomer: ['PT1S', 'PT2S', 'PT3S'] } },
  {
    id: 'form',
    workspace: 'forms',
    duringHours: { customerDetails: ['name', 'email'], followUpMessage: 'Thanks {{customer.name}}.' },
    timeouts: { ...soon, idleCustomer: ['PT1S', 'PT2S', 'PT40S'] },
  },
  { id: 'robot', bot: bot.id, timeouts: { ...soon, idleCustomer: ['PT1S', 'PT2S', 'PT3S'] } },
  {
    id: 'hasty',
    timeouts: { ...soon, idleCustomer: ['PT2S', 'PT60S'], agent: { remind: 'PT1S', release: 'PT3S' } },
  },
  { id: 'calm', timeouts: { unanswered: 'PT3S', escalate: 'PT20S', idleCustomer: ['PT2S', 'PT60S'] } },
]
/** Nobody configured it: its times are the usual ones, longer than a run. */
const plainChannel = 'plain'

/** Something that is published, so long after the run's beginning. */
export interface Step {
  conversation: string
  type: string
  /** Its `Nats-Msg-Id`; empty: it has none. */
  id: string
  body: string
  atMs: number
  /** How much later each repeat of it comes. */
  repeatsMs: number[]
  /** No event at all: a dead letter. */
  isMalformed: boolean
}

/** One conversation's events, in their order. */
export type Script = Step[]

export interface Published extends Step {
  /** Where EVENTS has it, and how often it said so. */
  seqs: number[]
}

class Story {
  readonly random: Random
  readonly end: number
  readonly script: Script = []
  readonly conversation: string
  #at: number

  constructor(random: Random, conversation: string, begin: number, end: number) {
    this.random = random
    this.conversation = conversation
    this.end = end
    this.#at = begin
  }

  get isOver(): boolean {
    return this.#at >= this.end
  }

  wait(minMs: number, maxMs: number) {
    const wave = Math.ceil((this.#at + this.random.between(minMs, maxMs)) / waveMs)
    this.#at = wave * waveMs + this.random.between(0, waveLengthMs)
  }

  send(type: EventType, payload: object = {}) {
    // What has no id can only be told from another such event by where the log has it.
    if (this.random.happens(0.15)) return this.#add({ type, body: JSON.stringify(payload), id: '' })
    const repeatsMs: number[] = []
    if (this.random.happens(0.06)) repeatsMs.push(0)
    if (this.random.happens(0.06)) repeatsMs.push(this.random.between(200, 6_000))
    this.#add({ type, body: JSON.stringify(payload), repeatsMs })
    if (this.random.happens(0.01)) this.sendNonsense()
  }

  sendNonsense() {
    const nonsense: Partial<Step>[] = [
      { type: 'session.message', body: '{"text":' },
      { type: 'session.message', body: '{"text":42}' },
      { type: 'session.started', body: '{}' },
      { type: 'agent.accepted', body: '{"agent":"ann"}' },
      { type: 'agent.danced', body: '{}' },
      { type: 'session.message', body: JSON.stringify({ text: 'x'.repeat(70_000) }) },
      { type: 'session.message', body: '{"text":"x"}', conversation: `${this.conversation}$` },
    ]
    this.#add({ ...this.random.pick(nonsense), isMalformed: true })
  }

  start(channel: string) {
    this.send('session.started', { channel, locale: 'en' })
    this.wait(0, 1_500)
  }

  says(what = 'and another thing') {
    this.send('session.message', { text: `${this.conversation} ${this.script.length}: ${what}` })
  }

  agent(id: string, doing: 'accepted' | 'message' | 'released' | 'ended') {
    const text = `${this.conversation} ${this.script.length}: let me see`
    this.send(`agent.${doing}`, { agent: { id }, ...(doing === 'message' && { text }) })
  }

  #add(step: Partial<Step>) {
    const { conversation } = this
    const id = `${conversation}-${this.script.length}`
    const usual = { conversation, id, type: '', body: '', repeatsMs: [], isMalformed: false }
    this.script.push({ ...usual, atMs: this.#at, ...step })
  }
}

type Sort = [share: number, tell: (story: Story) => void]

/** The sorts of conversations. All leave room for timers to come due, or to be overtaken. */
const sorts: Sort[] = [
  [
    // Passed from agent to agent, with much talk.
    5,
    (story) => {
      story.start(story.random.pick(['calm', 'calm', plainChannel]))
      story.says('I need help')
      while (!story.isOver) {
        const agent = story.random.pick(['ann', 'bob', 'cas'])
        story.wait(500, 5_000)
        story.agent(agent, 'accepted')
        for (let i = story.random.between(1, 6); i > 0 && !story.isOver; i--) {
          story.wait(0, 2_500)
          story.agent(agent, 'message')
          if (story.random.happens(0.3)) story.agent(agent, 'message')
          story.wait(500, 4_000)
          if (story.random.happens(0.3)) story.send('session.active')
          story.says()
        }
        story.wait(0, 3_000)
        if (story.random.happens(0.1)) return story.agent(agent, 'ended')
        story.agent(agent, 'released')
      }
    },
  ],
  [
    // Agents who do not answer, take over, transfer, take notes and go.
    4,
    (story) => {
      const agents = ['ann', 'bob', 'cas']
      story.start(story.random.pick(['hasty', 'hasty', 'calm']))
      story.says('is anybody there?')
      while (!story.isOver) {
        const agent = story.random.pick(agents)
        const other = story.random.pick(agents)
        story.wait(0, 4_000)
        if (story.random.happens(0.3))
          story.send('request.offered', { agent: { id: other }, request: 1, milliseconds: 2_000 })
        if (story.random.happens(0.2)) story.send('request.recalled', { agent: { id: other }, request: 1 })
        if (story.random.happens(0.2))
          story.send('request.held', { request: 1, held: story.random.happens(0.5) })
        story.agent(agent, 'accepted')
        story.wait(0, 4_000)
        if (story.random.happens(0.4)) story.send('agent.accepted', { agent: { id: other }, takeOver: true })
        if (story.random.happens(0.5)) story.agent(agent, 'message')
        if (story.random.happens(0.3)) story.send('agent.noted', { agent: { id: other }, text: 'be nice' })
        if (story.random.happens(0.2)) story.send('agent.tagged', { agent: { id: agent }, tags: ['vip'] })
        story.says()
        story.wait(0, 4_000)
        const to = story.random.happens(0.5)
          ? { agent: { id: other } }
          : { workspace: story.random.pick(['main', 'forms', 'night']) }
        if (story.random.happens(0.5))
          story.send('agent.transferred', { agent: { id: agent }, to, note: 'for you' })
        else if (story.random.happens(0.6)) story.send('agent.left', { agent: { id: agent } })
        if (story.random.happens(0.2)) story.send('request.moved', { request: 1, workspace: 'night' })
      }
      if (story.random.happens(0.3)) story.send('admin.erased')
      else story.send('session.ended')
    },
  ],
  [
    // Details, right and wrong, then two agents at once.
    3,
    (story) => {
      story.start('form')
      story.says('a form?')
      story.wait(0, 3_500)
      story.send('session.details', { name: 'José', email: 'josé@example.com' })
      story.says('my address has an accent')
      story.wait(0, 3_500)
      story.send('session.details', { name: 'José', email: 'jose@example.com' })
      story.wait(0, 5_000)
      story.agent('ann', 'accepted')
      story.agent('bob', 'accepted')
      while (!story.isOver) {
        story.wait(0, 3_000)
        story.agent(story.random.pick(['ann', 'bob']), 'message')
        story.wait(500, 5_000)
        story.says()
      }
      story.send('session.ended')
      story.send('session.ended')
      story.says('too late')
    },
  ],
  [
    // Left alone by the customer: reminded, then ended.
    2,
    (story) => {
      story.start('curt')
      story.says('quickly please')
      story.wait(0, 2_500)
      story.agent('ann', 'accepted')
      story.agent('ann', 'message')
      if (story.random.happens(0.3)) story.wait(500, 2_500)
      if (story.random.happens(0.3)) story.send('session.active')
      if (story.random.happens(0.5)) story.says()
    },
  ],
  [
    // Left alone by the agents: reminded, escalated, and perhaps accepted just then.
    2,
    (story) => {
      story.start('curt')
      story.says('anybody?')
      story.wait(1_000, 5_000)
      if (story.random.happens(0.5)) story.send('session.ended')
      else story.agent('bob', 'accepted')
    },
  ],
  [
    // A bot: chosen, filled in, waited for, answered late, handed over.
    3,
    (story) => {
      story.start('robot')
      if (story.random.happens(0.3)) story.send('session.option', { option: 'Again' })
      if (story.random.happens(0.2)) return story.says('a person please')
      story.send('session.option', { option: 'Order' })
      story.wait(0, 3_000)
      if (story.random.happens(0.3)) story.says('while the form is open')
      story.send('session.details', { name: 'Ann', number: '4711' })
      story.wait(0, 14_000)
      if (story.random.happens(0.3)) story.send('call.answered', { call: 1, ok: true, values: { x: 'y' } })
      if (story.random.happens(0.3)) story.send('call.answered', { call: 2, ok: true })
      story.send('session.option', { option: 'No' })
      story.wait(0, 4_000)
      story.agent('ann', 'accepted')
      story.agent('ann', 'message')
    },
  ],
  [
    // Abandoned before there is a request.
    1,
    (story) => {
      story.start(story.random.pick(['curt', 'form']))
      if (story.random.happens(0.4)) story.send('session.details', { name: 'Ann', email: 'ann@example.com' })
      if (story.random.happens(0.3)) story.wait(4_000, 6_000)
      if (story.random.happens(0.3)) story.says()
    },
  ],
  [
    // Erased, and written to again.
    0.2,
    (story) => {
      story.start('calm')
      story.says('forget me')
      story.wait(0, 4_000)
      story.agent('ann', 'accepted')
      story.agent('ann', 'message')
      story.wait(0, 3_000)
      story.send('admin.erased')
      story.wait(500, 3_000)
      if (story.random.happens(0.5)) story.says('are you there?')
    },
  ],
]

/** What is going to be published by whom when. */
export function plan(random: Random, conversations: number, durationMs: number): Script[] {
  return Array.from({ length: conversations }, (_, i) => {
    const [share, tell] = draw(random)
    // Those that last begin early, so that most are under way at the same time.
    const begin = random.between(0, share > 2 ? 0.15 : 0.85) * durationMs
    const end = random.between(0.8, 1) * durationMs
    const story = new Story(random, `c${i}`, begin, end)
    tell(story)
    return story.script
  })
}

function draw(random: Random): Sort {
  let drawn = random.between(
    0,
    sorts.reduce((sum, [share]) => sum + share, 0),
  )
  for (const sort of sorts) {
    drawn -= sort[0]
    if (drawn < 0) return sort
  }
  return sorts[0] as Sort
}

/** Publishes it all at its time, each until EVENTS says that it has it. */
export async function play(scripts: Script[], publisher: Publisher, beganAt: number): Promise<Published[]> {
  const weatherproof = { log: pino({ level: 'silent' }), signal: new AbortController().signal }
  const store = async ({ conversation, type, id, body, seqs }: Published) => {
    const subject = subjects.inbox(conversation, type)
    const attempt = () => publisher.publish(subject, body, id ? { 'Nats-Msg-Id': id } : {})
    seqs.push((await retry('an event', weatherproof, attempt)).seq)
  }
  const playing = scripts.map(async (script) => {
    const published: Published[] = []
    const storing: Promise<void>[] = []
    for (const [i, step] of script.entries()) {
      await sleep(Math.max(0, beganAt + step.atMs - Date.now()))
      const event = { ...step, seqs: [] }
      published.push(event)
      const stored = store(event)
      storing.push(stored, ...step.repeatsMs.map((ms) => sleep(ms).then(() => store(event))))
      // Those of one instant are under way together, others keep their order.
      if (script[i + 1]?.atMs !== step.atMs) await stored
    }
    await Promise.all(storing)
    return published
  })
  return (await Promise.all(playing)).flat()
}
