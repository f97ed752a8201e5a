import fc from 'fast-check'

export interface RandomFlow {
  id: string
  greeting?: string
  answers: { id: string; steps: object[] }[]
}

const ids = ['start', 'a', 'constructor', 'b', 'toString', 'c']
const variables = ['v', 'w', 'valueOf']
export const labels = ['Yes', 'No', 'Orders', 'Café', '1']
const order = { id: 'order', label: 'Order', type: 'text' }
const fields = fc.subarray<unknown>(
  [
    'name',
    'email',
    order,
    { id: 'work', label: 'Work', type: 'email' },
    { id: 'hasOwnProperty', label: 'Size', type: 'select', options: ['S', 'L'] },
  ],
  { minLength: 1 },
)
/** What steps say and look at. */
interface Words {
  text: fc.Arbitrary<string>
  value: fc.Arbitrary<string>
  condition: fc.Arbitrary<object>
  url: string
}

/** What is known of any conversation. */
const plainWords: Words = {
  text: fc.constantFrom('Hi.', '{{customer.name}}', 'Dear {{customer.name}}, until {{nextOpen}}'),
  value: fc.constantFrom('1', '{{locale}}'),
  condition: fc.constantFrom<object>(
    { value: 'locale', is: 'en' },
    { value: 'customer.verified', isNot: 'true' },
    { value: 'channel', isKnown: false },
  ),
  url: 'https://api.example/{{customer.email}}',
}

/** What some step has to set, to ask or to offer. */
const richWords: Words = {
  text: fc.oneof(
    plainWords.text,
    fc.constantFrom('Dear {{customer.name}}, {{details.order}}{{variables.v}}', '{{option.topic}}'),
  ),
  value: fc.constantFrom('1', '{{option.topic}}', '{{details.order}}{{variables.v}}{{variables.v}}'),
  condition: fc.oneof(
    plainWords.condition,
    fc.constantFrom<object>(
      { value: 'details.order', isKnown: true },
      { value: 'variables.v', contains: '1' },
      { value: 'option.topic', startsWith: 'o' },
    ),
  ),
  url: 'https://api.example/{{details.order}}?v={{variables.v}}',
}

/** A step of each type after which others come. */
function passingStep({ text, value }: Words): fc.Arbitrary<object> {
  return fc.oneof(
    step('message', { text }),
    step('details', { fields }, { text }),
    step('set', { variable: fc.constantFrom(...variables), value }),
  )
}

/** A step of each type that leads to other answers, to `next` in any case. */
function leadingStep(
  { text, condition, url }: Words,
  any: fc.Arbitrary<string>,
  next: fc.Arbitrary<string>,
): fc.Arbitrary<object> {
  const options = fc
    .subarray(labels, { minLength: 1 })
    .chain((labels) =>
      fc.tuple(...labels.map((label, n) => (n === 0 ? next : any).map((goTo) => ({ label, goTo })))),
    )
  const freeText = fc.record(
    { goTo: any, variable: fc.constantFrom(...variables) },
    { requiredKeys: ['goTo'] },
  )
  const when = fc.array(condition, { minLength: 1, maxLength: 2 })
  const cases = fc.array(fc.record({ when, goTo: any }), { minLength: 1, maxLength: 3 })
  const schedule = fc.constantFrom('paris', 'nowhere', 'constructor')
  return fc.oneof(
    step('options', { text, options, name: fc.constant('topic') }, { freeText }),
    step('resolved', { no: next }, { yes: any, text }),
    step('branch', { cases, otherwise: next }),
    step('hours', { open: any, closed: next }, { schedule }),
    step(
      'api',
      { url: fc.constant(url), success: any, failure: next },
      {
        body: fc.constant({ of: ['{{customer.email}}', 1, null] }),
        save: fc.constantFrom<object>({ v: 'a.b' }, { w: 'c', valueOf: 'd' }),
        timeout: fc.constant('PT5S'),
      },
    ),
    step('link', { goTo: next }),
  )
}

function lastStep({ text }: Words): fc.Arbitrary<object> {
  return fc.oneof(
    step('transfer', {}, { duringHours: text, outsideHours: text, tags: fc.constant(['vip']) }),
    step('end', {}, { text }),
  )
}

function step(type: string, needs: Record<string, fc.Arbitrary<unknown>>, may = {}): fc.Arbitrary<object> {
  return fc.record(
    { type: fc.constant(type), ...needs, ...may },
    { requiredKeys: ['type', ...Object.keys(needs)] as never[] },
  )
}

const named = fc.integer({ min: 1, max: ids.length }).map((count) => ids.slice(0, count))

function flow(greeting: string | undefined, answers: RandomFlow['answers']): RandomFlow {
  return { id: 'random', ...(greeting !== undefined && { greeting }), answers }
}

function greeting({ text }: Words) {
  return fc.option(text, { nil: undefined })
}

/**
 * A flow with nothing wrong: each answer leads to the one after it, whatever else it leads to; the last but two has
 * all that the texts have places for.
 */
export const validFlow: fc.Arbitrary<RandomFlow> = named.chain((names) => {
  const chain = [...names, 'known']
  const any = fc.constantFrom(...chain, 'person', 'bye')
  const answers = names.map((id, n) =>
    fc
      .tuple(
        fc.array(passingStep(richWords), { maxLength: 2 }),
        leadingStep(richWords, any, fc.constant(chain[n + 1] as string)),
      )
      .map(([before, last]) => ({ id, steps: [...before, last] })),
  )
  const known = any.map((goTo) => ({
    id: 'known',
    steps: [
      { type: 'details', fields: [order] },
      ...variables.map((variable) => ({ type: 'set', variable, value: '' })),
      {
        type: 'options',
        name: 'topic',
        text: 'What now?',
        options: [
          { label: 'Orders', goTo },
          { label: 'Yes', goTo: 'person' },
          { label: 'No', goTo: 'bye' },
        ],
      },
    ],
  }))
  return fc
    .tuple(greeting(richWords), fc.tuple(...answers), known, lastStep(richWords), lastStep(richWords))
    .map(([greeting, answers, known, person, bye]) =>
      flow(greeting, [...answers, known, { id: 'person', steps: [person] }, { id: 'bye', steps: [bye] }]),
    )
})

/** Any graph of answers: some lead nowhere, are not reached, only circle, or say what is not known. */
export const anyFlow: fc.Arbitrary<RandomFlow> = named.chain((names) => {
  const any = rarely(fc.constant('nowhere'), fc.constantFrom(...names))
  const one = (id: string, n: number) => {
    const next = fc.oneof(fc.constant(names[n + 1] ?? 'start'), any)
    const last = (words: Words) =>
      rarely(
        passingStep(words),
        fc.oneof(
          { weight: 3, arbitrary: leadingStep(words, any, next) },
          { weight: 1, arbitrary: lastStep(words) },
        ),
      )
    const before = (words: Words) => fc.array(rarely(lastStep(words), passingStep(words)), { maxLength: 2 })
    return fc
      .tuple(rarely(before(richWords), before(plainWords)), rarely(last(richWords), last(plainWords)))
      .map(([before, last]) => ({ id, steps: [...before, last] }))
  }
  return fc
    .tuple(greeting(plainWords), fc.tuple(...names.map(one)))
    .map(([greeting, answers]) => flow(greeting, answers))
})

function rarely<T>(one: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 1, arbitrary: one }, { weight: 20, arbitrary: other })
}

const nonsense = fc.constantFrom<unknown>(
  null,
  '',
  ' ',
  'x',
  -1,
  1.5,
  true,
  [],
  {},
  [null],
  { type: 'x' },
  'x'.repeat(5000),
)

/** A flow with something in it that does not belong there, wherever. */
export const garbledFlow: fc.Arbitrary<unknown> = fc
  .tuple(validFlow, fc.nat(), nonsense, fc.constantFrom('replaced', 'removed', 'added'))
  .map(([flow, place, value, how]) => {
    const garbled = structuredClone(flow) as object
    const places = placesIn(garbled)
    const [parent, key] = places[place % places.length] as [Record<string, unknown>, string]
    if (how === 'replaced') parent[key] = value
    else if (how === 'removed') Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key]
    else if (Array.isArray(parent)) parent.push(value)
    else parent.another = value
    return garbled
  })

/** Every key of every object and list in it. */
function placesIn(value: unknown): [parent: object, key: string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, below]) => [
    [value, key] as [object, string],
    ...placesIn(below),
  ])
}
