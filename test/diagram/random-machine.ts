import fc from 'fast-check'
import { type AnyStateMachine, createMachine } from 'xstate'

interface Shape {
  type: 'atomic' | 'final' | 'compound' | 'parallel' | 'history'
  children: Shape[]
}

const words = [
  'go',
  'session.message',
  'A name that an author made much too long for any box or line',
  'x',
  '客户消息',
]
const guards = ['isOpen', 'hasEverythingThatIsNeededToGoOnFromHere']

const leaf = fc.record<Shape>({
  type: fc.constantFrom('atomic' as const, 'atomic' as const, 'final' as const, 'history' as const),
  children: fc.constant([]),
})
const shape: (depth: number) => fc.Arbitrary<Shape> = fc.memo((depth) =>
  depth <= 1
    ? leaf
    : fc.oneof(
        { arbitrary: leaf, weight: 2 },
        {
          arbitrary: fc.record<Shape>({
            type: fc.constantFrom('compound' as const, 'compound' as const, 'parallel' as const),
            children: fc.array(shape(depth - 1), { minLength: 1, maxLength: 4 }),
          }),
          weight: 1,
        },
      ),
)

interface Way {
  from: number
  to: number[]
  on: string
  guard: string | undefined
  actions: string[]
  isAfter: boolean
  reenter: boolean
}

const way = fc.record<Way>({
  from: fc.nat(),
  to: fc.array(fc.nat(), { maxLength: 1 }),
  on: fc.constantFrom(...words),
  guard: fc.option(fc.constantFrom(...guards), { nil: undefined }),
  actions: fc.subarray(['say', 'notifyEverybodyWhoMightWantToKnow', 'end']),
  isAfter: fc.boolean(),
  reenter: fc.boolean(),
})

/** Statecharts of all kinds of states, with ways from anywhere to anywhere. */
export const randomMachine: fc.Arbitrary<AnyStateMachine> = fc
  .tuple(fc.array(shape(3), { minLength: 1, maxLength: 5 }), fc.array(way, { maxLength: 14 }))
  .map(([children, ways]) => {
    const nodes: Record<string, unknown>[] = []
    const configOf = (shape: Shape, id: string): Record<string, unknown> => {
      const config: Record<string, unknown> = { id, on: {}, after: {} }
      const children = withPlain(shape)
      if (shape.type === 'history') return { type: 'history', id }
      nodes.push(config)
      if (shape.type === 'final') return Object.assign(config, { type: 'final' })
      if (shape.type === 'parallel') config.type = 'parallel'
      if (shape.type === 'compound')
        config.initial = `s${children.findIndex(({ type }) => type !== 'history')}`
      if (children.length > 0)
        config.states = Object.fromEntries(
          children.map((child, index) => [`s${index}`, configOf(child, `${id}s${index}`)]),
        )
      return config
    }
    const config = configOf({ type: 'compound', children }, 'm')
    for (const { from, to, on, guard, actions, isAfter, reenter } of ways) {
      const source = nodes[from % nodes.length] as Record<string, Record<string, object[]>>
      if ((source.type as unknown) === 'final') continue
      const target = to.map((index) => `#${nodes[index % nodes.length]?.id}`)
      const kind = isAfter ? 'after' : 'on'
      const ways = source[kind] as Record<string, object[]>
      ways[on] = [
        ...(ways[on] ?? []),
        { ...(target.length > 0 && { target: target[0] }), guard, actions, reenter },
      ]
    }
    return createMachine(config as never) as unknown as AnyStateMachine
  })

/** History alone is nothing that a state can begin with, or a region be. */
function withPlain({ type, children }: Shape): Shape[] {
  if (children.length === 0 && type !== 'compound' && type !== 'parallel') return []
  const plain: Shape = { type: 'atomic', children: [] }
  if (type === 'parallel') return children.map((child) => (child.children.length > 0 ? child : plain))
  return children.some((child) => child.type !== 'history') ? children : [plain, ...children]
}
