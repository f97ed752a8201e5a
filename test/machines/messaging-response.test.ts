import { describe, expect, it } from 'vitest'
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { builtIn } from '../../engine/machines/bots/built-in.ts'
import { compileBot } from '../../engine/machines/bots/compile.ts'
import { externalBot } from '../../engine/machines/bots/external.ts'
import { definitionsOf } from '../../engine/machines/definitions.ts'
import { messagingResponse } from '../../engine/machines/messaging-response.ts'
import { begin, type MachineSnapshot, step } from '../../engine/machines/step.ts'
import { shownAs } from '../../engine/machines/vocabulary.ts'
import { payloads } from '../../schemas/conversation/event.ts'
import { statusStates } from '../../schemas/conversation/record.ts'
import { assistant } from './assistant.ts'
import { eventsOfAllTypes, inputs } from './messaging-response.ts'

const machine: AnyStateMachine = messagingResponse
const nodes = nodesOf(machine.root)

/** Far more situations than there are. */
const situationsMax = 20_000

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)]
}

/** Every settled state that any order of events and timers comes to, with the events that were taken on the way. */
function explored(): { states: Set<string>; entered: Set<string> } {
  const states = new Set<string>()
  const entered = new Set<string>()
  const seen = new Set<string>()
  const queue: { snapshot: MachineSnapshot; timers: Set<string> }[] = []
  const follow = ({ snapshot, actions }: ReturnType<typeof step>, before: Set<string>) => {
    const timers = new Set(before)
    for (const { type, params } of actions) {
      const { id, sendId } = (params ?? {}) as { id?: string; sendId?: string }
      if (type === 'xstate.raise' && id) timers.add(id)
      if (type === 'xstate.cancel' && sendId) timers.delete(sendId)
    }
    // Whether an idle timer is the last is all that the counting of instants decides here.
    const { idle, ...context } = snapshot.context as { idle: { reminded: number } }
    const key = JSON.stringify([snapshot.value, idle.reminded, context, [...timers].sort()])
    if (seen.has(key)) return
    seen.add(key)
    if (seen.size > situationsMax) throw new Error('the machine counts something without an end')
    states.add(pathOf(snapshot.value))
    for (const path of pathsOf(pathOf(snapshot.value))) entered.add(path)
    if (snapshot.status === 'active') queue.push({ snapshot, timers })
  }
  for (const input of inputs) follow(begin(machine, input), new Set())
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { snapshot, timers } = next
    for (const event of eventsOfAllTypes)
      follow(step(machine, snapshot, { ...event, at: 1 } as never), timers)
    for (const id of timers) {
      const left = new Set(timers)
      left.delete(id)
      follow(step(machine, snapshot, { type: id, at: 1 } as never), left)
    }
  }
  return { states, entered }
}

function pathOf(value: unknown): string {
  if (typeof value === 'string') return value
  return Object.entries(value as object)
    .map(([state, below]) => `${state}.${pathOf(below)}`)
    .join()
}

function pathsOf(path: string): string[] {
  const parts = path.split('.')
  return parts.map((_, n) => parts.slice(0, n + 1).join('.'))
}

describe('the machine', () => {
  it('comes to every state in which it can rest, and to no other', () => {
    const { states } = explored()
    const resting = nodes
      .filter((node) => Object.keys(node.states).length === 0 && (node.always ?? []).length === 0)
      .map((node) => node.path.join('.'))
    expect([...states].sort()).toEqual(resting.sort())
  })

  it('passes through the states that decide at once', () => {
    const passing = nodes.filter((node) => (node.always ?? []).length > 0).map((node) => node.path.join('.'))
    expect(passing.sort()).toEqual(['collectingDetails.asking', 'collectingDetails.identified', 'followUp'])
    for (const path of passing) {
      const node = nodes.find((node) => node.path.join('.') === path)
      const ways = nodes.flatMap((other) => [...other.transitions.values()].flat().concat(other.always ?? []))
      const isEntered =
        ways.some((way) => way.target?.some((target) => target === node)) ||
        node?.parent?.initial.target.includes(node)
      expect(isEntered, path).toBe(true)
    }
  })

  it('is asked with an event of every type but those that never reach a machine', () => {
    const types = new Set<string>(eventsOfAllTypes.map(({ type }) => type))
    expect(Object.keys(payloads).filter((type) => !types.has(type))).toEqual([
      'session.active',
      'session.rated',
      // The agents' side.
      'agent.transferred',
      'agent.noted',
      'agent.corrected',
      'agent.tagged',
      'agent.left',
      'request.offered',
      'request.recalled',
      'request.moved',
      'request.held',
      'mail.sent',
      'admin.erased',
      'timer.due',
    ])
  })
})

const always = ['abandoned', 'abandoned', 'escalate', 'idle', 'unanswered']

describe.each<[string, AnyStateMachine, string[]]>([
  ['the messaging response', messagingResponse, always],
  ['a bot', compileBot(assistant), [...always, 'abandoned', 'abandoned', 'abandoned', 'callTimeout']],
  ['a bot elsewhere', externalBot as unknown as AnyStateMachine, [...always, 'abandoned', 'silence']],
])('the machine of %s', (_, machine, timers) => {
  const nodes = nodesOf(machine.root)

  it('can be ended from every state', () => {
    for (const node of nodes.filter(({ type }) => type === 'atomic')) {
      const ways = node.path.map((_, n) =>
        nodes.find(({ path }) => path.join() === node.path.slice(0, n + 1).join()),
      )
      const handled = [machine.root, ...ways].some((at) => at?.transitions.has('session.ended'))
      expect(handled, node.path.join('.')).toBe(true)
    }
  })

  it('names its guards, delays and actions: none is written in place', () => {
    const named = Object.keys(machine.implementations.guards)
    const actions = Object.keys(machine.implementations.actions)
    const delays = Object.keys(machine.implementations.delays)
    const builtIn = new Set(['xstate.raise', 'xstate.cancel'])
    const guardName = (guard: unknown): string[] => {
      if (typeof guard === 'string') return [guard]
      if (typeof guard === 'function') {
        // What `not`, `and` and `or` make of others.
        const { guards } = guard as { guards?: unknown[] }
        return guards ? guards.flatMap(guardName) : ['written in place']
      }
      return [(guard as { type: string }).type]
    }
    const used = nodes.flatMap((node) => {
      const ways = [...node.transitions.values()].flat().concat(node.always ?? [])
      const all = [...node.entry, ...node.exit, ...ways.flatMap((way) => way.actions)]
      return all.map((action) =>
        typeof action === 'string' ? action : ((action as { type?: string }).type ?? 'written in place'),
      )
    })
    for (const action of used) if (!builtIn.has(action)) expect(actions).toContain(action)
    for (const node of nodes)
      for (const way of [...node.transitions.values()].flat().concat(node.always ?? []))
        if (way.guard) for (const name of guardName(way.guard)) expect(named).toContain(name)
    for (const node of nodes) for (const after of node.after) expect(delays).toContain(after.delay)
  })

  it('gives each timer a name of its own', () => {
    const names = nodes.flatMap((node) => [
      ...new Set(node.after.map(({ delay }) => `${delay} of ${node.id}`)),
    ])
    expect(new Set(names).size).toBe(names.length)
    expect(names.map((name) => name.split(' ')[0]).sort()).toEqual([...timers].sort())
  })

  it('shows each of its states under a name of the contract', () => {
    const resting = Object.values(machine.root.states).filter((node) => (node.always ?? []).length === 0)
    for (const node of resting) expect(statusStates).toContain(shownAs[node.key] ?? node.key)
  })

  it('has no children, history or output, which a record would have to keep', () => {
    for (const node of nodes) {
      expect(node.invoke).toEqual([])
      expect(node.type).not.toBe('history')
      expect(node.output).toBeUndefined()
    }
  })
})

describe('definitions', () => {
  const definitions = definitionsOf(...builtIn)

  it('a stored conversation’s machine is found by its name and version', () => {
    expect(definitions.running('messagingResponse@1')).toEqual({
      definition: definitions.latest('messagingResponse'),
    })
  })

  it('one that is not there is never read as another', () => {
    expect(definitions.running('messagingResponse@0')).toBeUndefined()
  })
})
