import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkDocument } from '../../engine/core/read-document.ts'
import {
  circlingBytesMax,
  detailsMax,
  placeholdersMax,
  variablesMax,
} from '../../engine/machines/bots/problems.ts'
import {
  answersMax,
  botFieldsMax,
  botOptionsMax,
  callBodyBytesMax,
  callBodyLevelsMax,
  callUrlLengthMax,
  casesMax,
  conditionsMax,
  headersMax,
  savedMax,
  stepsMax,
} from '../../schemas/configuration/bot-flow.ts'
import { documentBytesMax } from '../../schemas/configuration/document.ts'
import { tagLengthMax, tagsMax } from '../../schemas/limits.ts'
import { lineOf } from '../../schemas/problem.ts'
import { branch, end, flowOf, goodbye, link, message, options, person } from './flow.ts'

/** What is wrong with a bot, a line each. */
function problemsOf(bot: unknown): string[] {
  const read = checkDocument('bot', bot)
  return read.ok ? [] : read.error.problems.map(lineOf)
}

/** One step in an answer `start`; what it leads to is there. */
const withStep = (step: object, answers: Record<string, object[]> = {}) => {
  const leads = ['options', 'branch', 'hours', 'api', 'resolved', 'link', 'transfer', 'end']
  const isLast = leads.includes((step as { type: string }).type)
  return flowOf({ start: isLast ? [step] : [step, { type: 'end' }], ...answers })
}
const a = goodbye
const many = <T>(count: number, one: (n: number) => T) => Array.from({ length: count }, (_, n) => one(n))
const keyed = (count: number, one: (n: number) => string) =>
  Object.fromEntries(many(count, (n) => [`k${n}`, one(n)]))
const field = (n: number | string) => ({ id: `f${n}`, label: 'Field', type: 'text' })
const api = (more: object = {}) => ({
  type: 'api',
  name: 'find',
  url: 'https://api.acme.example/',
  success: 'a',
  failure: 'a',
  ...more,
})

describe('the example', () => {
  it('has no problems', () => {
    const text = readFileSync(new URL('../examples/acme/assistant.yaml', import.meta.url), 'utf8')
    expect(problemsOf(parse(text))).toEqual([])
  })
})

describe('the links of a bot', () => {
  it.each([
    ['message', message('Hi')],
    ['details', { type: 'details', fields: ['email'] }],
    ['set', { type: 'set', variable: 'x', value: '1' }],
  ])('have a dead end where nothing follows a %s', (type, step) => {
    expect(problemsOf(flowOf({ start: [{ ...step, name: 'last' }] }))).toEqual([
      'answers.0.steps.0: answer "start", step "last": is a dead end: nothing follows; add a step such as link, transfer or end',
    ])
    expect(problemsOf(flowOf({ start: [step] }))[0]).toContain(`step "1-${type}"`)
  })

  it.each([
    ['options', { text: 'Which?', options: [{ label: 'A', goTo: 'a' }] }],
    ['branch', { cases: [{ when: [{ value: 'locale', is: 'en' }], goTo: 'a' }], otherwise: 'a' }],
    ['hours', { open: 'a', closed: 'a' }],
    ['api', api()],
    ['resolved', { no: 'a' }],
    ['link', { goTo: 'a' }],
    ['transfer', {}],
    ['end', {}],
  ])('never reach a step after one of type %s', (type, step) => {
    const bot = flowOf({
      start: [{ ...step, type, name: 'first' }, message('Hi', { name: 'second' })],
      ...('goTo' in step || !['transfer', 'end'].includes(type) ? { a } : {}),
    })
    expect(problemsOf(bot)).toEqual([
      'answers.0.steps.1: answer "start", step "second": is never reached: the step "first" leads elsewhere',
    ])
  })

  it('must lead to each answer', () => {
    expect(problemsOf(flowOf({ start: goodbye, orphan: [{ type: 'end', name: 'bye' }] }))).toEqual([
      'answers.1.steps.0: answer "orphan", step "bye": is never reached: nothing leads to its answer',
    ])
  })

  it('must lead to each answer from the first one', () => {
    const bot = flowOf({
      start: goodbye,
      one: [{ type: 'resolved', no: 'two' }],
      two: [{ type: 'resolved', no: 'one' }],
      self: [{ type: 'resolved', no: 'self' }],
    })
    expect(problemsOf(bot)).toHaveLength(3)
    for (const problem of problemsOf(bot)) expect(problem).toContain('is never reached')
  })

  it.each([
    ['options.0.goTo', options('?', { A: 'b' })],
    ['freeText.goTo', options('?', { A: 'a' }, { freeText: { goTo: 'b' } })],
    ['cases.0.goTo', branch([{ value: 'locale', is: 'x' }], 'b', 'a')],
    ['otherwise', branch([{ value: 'locale', is: 'x' }], 'a', 'b')],
    ['open', { type: 'hours', open: 'b', closed: 'a' }],
    ['closed', { type: 'hours', open: 'a', closed: 'b' }],
    ['success', api({ success: 'b' })],
    ['failure', api({ failure: 'b' })],
    ['no', { type: 'resolved', no: 'b', yes: 'a' }],
    ['yes', { type: 'resolved', no: 'a', yes: 'b' }],
    ['goTo', link('b')],
  ])('must not lead to an unknown answer: %s', (place, step) => {
    const bot = flowOf({
      start: [{ ...step, name: 'go' }],
      ...(place !== 'goTo' && place !== 'options.0.goTo' && { a }),
    })
    expect(problemsOf(bot)).toEqual([
      `answers.0.steps.0.${place}: answer "start", step "go": there is no answer "b" to go to`,
    ])
  })

  it.each([
    ['options.0.goTo', { type: 'options', text: '?', options: [{ label: 'A' }] }],
    ['otherwise', { type: 'branch', cases: [{ when: [{ value: 'locale', is: 'x' }], goTo: 'start' }] }],
    [
      'cases.0.goTo',
      { type: 'branch', cases: [{ when: [{ value: 'locale', is: 'x' }] }], otherwise: 'start' },
    ],
    ['open', { type: 'hours', closed: 'start' }],
    ['failure', { type: 'api', url: 'https://api.acme.example/', success: 'start' }],
    ['no', { type: 'resolved' }],
    ['goTo', { type: 'link' }],
  ])('must lead somewhere: %s', (place, step) => {
    const [problem = ''] = problemsOf(flowOf({ start: [{ ...step, name: 'go' }] }))
    expect(problem).toContain(`answers.0.steps.0.${place}: answer "start", step "go": `)
  })

  const fork = (one: string, other: string) => branch([{ value: 'locale', is: 'en' }], one, other)
  const circle =
    'only leads round in a circle: the customer is asked nothing new, and no agent or end is reached'

  it.each([
    ['to itself', { start: [link('start')] }, ['start']],
    [
      'by links, branches, hours and calls',
      {
        start: [message('Hi'), fork('b', 'c')],
        b: [{ type: 'hours', open: 'c', closed: 'start' }],
        c: [api({ success: 'start', failure: 'b' })],
      },
      ['start', 'b', 'c'],
    ],
    [
      'from a question on',
      { start: [{ type: 'resolved', no: 'b' }], b: [fork('b', 'c')], c: [link('b')] },
      ['b', 'c'],
    ],
    [
      'past a form, which is filled once only',
      {
        start: [{ type: 'details', fields: ['email'] }, link('start')],
      },
      ['start'],
    ],
  ])('must lead out of a circle %s', (_, answers, named) => {
    const problems = problemsOf(flowOf(answers as Record<string, object[]>))
    expect(problems).toHaveLength(named.length)
    named.forEach((id, n) => {
      expect(problems[n]).toMatch(new RegExp(`answer "${id}", step "[\\w-]+": ${circle}`))
    })
  })

  it('may lead in a circle that can be left, or in which the customer is asked', () => {
    expect(problemsOf(flowOf({ start: [fork('start', 'end')], end: goodbye }))).toEqual([])
    expect(
      problemsOf(flowOf({ start: [fork('start', 'ask')], ask: [{ type: 'resolved', no: 'start' }] })),
    ).toEqual([])
    expect(problemsOf(flowOf({ start: [api({ success: 'a', failure: 'start' })], a }))).toEqual([])
  })

  it('in a circle limit what its answers say', () => {
    const saying = (bytes: number) =>
      flowOf({
        start: [
          message('x'.repeat(4096)),
          message('x'.repeat(4096)),
          message('x'.repeat(4096)),
          message('x'.repeat(bytes - 3 * 4096 - 13)),
          fork('start', 'end'),
        ],
        end: goodbye,
      })
    expect(problemsOf(saying(circlingBytesMax))).toEqual([])
    expect(problemsOf(saying(circlingBytesMax + 1))).toEqual([
      `answers.0: answer "start": says ${circlingBytesMax + 1} bytes and may be come back to at once; the limit is ${circlingBytesMax}`,
    ])
  })
})

describe('names', () => {
  it('are unique among answers', () => {
    const answers = [
      { id: 'start', steps: [link('start')] },
      { id: 'start', steps: goodbye },
    ]
    expect(problemsOf({ id: 'helper', answers })).toContain(
      'answers.1.id: answer "start": there are two answers "start"',
    )
  })

  it('are unique among the steps of an answer', () => {
    const hi = message('Hi', { name: 'hi' })
    expect(problemsOf(flowOf({ start: [hi, hi, ...goodbye] }))).toEqual([
      'answers.0.steps.1: answer "start", step "hi": there are two steps "hi" in this answer',
    ])
    expect(problemsOf(flowOf({ start: [hi, { ...hi, name: '1-message' }, ...goodbye] }))).toEqual([])
    expect(problemsOf(flowOf({ start: [message('Hi'), { ...hi, name: '1-message' }, ...goodbye] }))).toEqual([
      'answers.0.steps.1: answer "start", step "1-message": there are two steps "1-message" in this answer',
    ])
    expect(problemsOf(flowOf({ start: [hi, link('b')], b: [hi, ...goodbye] }))).toEqual([])
  })

  it('of options differ by more than upper and lower case', () => {
    const options = [
      { label: 'Orders', goTo: 'a' },
      { label: ' orders', goTo: 'a' },
    ]
    expect(problemsOf(withStep({ type: 'options', text: '?', options }, { a }))).toEqual([
      'answers.0.steps.0.options: answer "start", step "1-options": two options have the same label',
    ])
  })

  it('of details are unique in a form', () => {
    for (const fields of [['email', 'email'], [field(1), field(1)], [{ ...field(1), id: 'email' }]])
      expect(problemsOf(withStep({ type: 'details', fields }))[0]).toMatch(
        /step "1-details": "\w+" is asked twice/,
      )
  })

  it.each(['a b', '', 'x'.repeat(65), 'a.b', '__proto__', 'a/b'])(
    'are tokens other than __proto__: %j is not',
    (name) => {
      const isIn = (bot: unknown) => expect(problemsOf(bot).join(), JSON.stringify(bot)).not.toBe('')
      isIn({ id: name === '__proto__' ? 'a b' : name, answers: [{ id: 'a', steps: goodbye }] })
      isIn({ id: 'helper', answers: [{ id: name, steps: goodbye }] })
      isIn(withStep({ type: 'end', name }))
      isIn(withStep({ type: 'set', variable: name, value: '' }))
      isIn(withStep({ type: 'details', fields: [{ ...field(1), id: name }] }))
      isIn(withStep({ type: 'hours', schedule: name, open: 'a', closed: 'a' }, { a }))
    },
  )
})

describe('placeholders', () => {
  const texts: [string, string, (text: string) => object][] = [
    ['text', 'message', message],
    ['text', 'options', (text) => options(text, { A: 'a' })],
    ['text', 'details', (text) => ({ type: 'details', text, fields: ['email'] })],
    ['value', 'set', (value) => ({ type: 'set', variable: 'own', value })],
    ['url', 'api', (text) => api({ url: `https://api.acme.example/${text}` })],
    ['body', 'api', (text) => api({ body: { list: [text] } })],
    ['text', 'resolved', (text) => ({ type: 'resolved', no: 'a', text })],
    ['duringHours', 'transfer', (duringHours) => ({ type: 'transfer', duringHours })],
    ['outsideHours', 'transfer', (outsideHours) => ({ type: 'transfer', outsideHours })],
    ['text', 'end', end],
  ]
  const placed = (step: object) =>
    withStep({ ...step, name: 'here' }, /"a"/.test(JSON.stringify(step)) ? { a } : {})

  describe.each(texts)('in %s of a step of type %s', (place, _, step) => {
    it.each([
      ['{{variables.gone}}', 'there is no variable "gone": no step sets it'],
      ['{{ details.gone }}', 'no step asks for the detail "gone"'],
      ['{{details.email}}', 'there is nothing called "details.email": it is customer.email'],
      ['{{option.gone}}', 'there is no options step with the name "gone"'],
      ['{{customer.nme}}', 'there is nothing called "customer.nme"; there are customer.name, '],
      ['{{customer name}}', 'there is nothing called "customer name"; there are '],
      ['{{}}', 'there is nothing called ""; there are '],
      ['{{secret.acme}}', 'a secret may stand in a header of a call only'],
    ])('%s', (text, message) => {
      const [problem = '', ...others] = problemsOf(placed(step(text)))
      expect(problem).toContain(`answers.0.steps.0.${place}: answer "start", step "here": ${message}`)
      expect(others).toEqual([])
    })

    it(`${placeholdersMax} are enough`, () => {
      expect(problemsOf(placed(step('{{locale}}'.repeat(placeholdersMax))))).toEqual([])
      expect(problemsOf(placed(step('{{locale}}'.repeat(placeholdersMax + 1))))).toEqual([
        `answers.0.steps.0.${place}: answer "start", step "here": has ${placeholdersMax + 1} places to fill in; the limit is ${placeholdersMax}`,
      ])
    })
  })

  it('are checked in the greeting', () => {
    expect(problemsOf(flowOf({ start: person }, { greeting: 'Hi {{variables.x}}' }))).toEqual([
      'greeting: there is no variable "x": no step sets it',
    ])
  })

  it('are checked in the conditions of a branch', () => {
    const looking = (value: string) =>
      problemsOf(withStep(branch([{ value, is: 'x' }], 'a', 'a', { name: 'by' }), { a }))
    const at = 'answers.0.steps.0.cases.0.when.0.value: answer "start", step "by": '
    expect(looking('variables.x')).toEqual([`${at}there is no variable "x": no step sets it`])
    expect(looking('details.x')).toEqual([`${at}no step asks for the detail "x"`])
    expect(looking('option.x')).toEqual([`${at}there is no options step with the name "x"`])
    expect(looking('secret.x')).toEqual([`${at}a secret may stand in a header of a call only`])
    expect(looking('{{locale}}')[0]).toContain(`${at}there is nothing called "{{locale}}"`)
    expect(looking('locale')).toEqual([])
  })

  it('may name what any step sets, asks or offers', () => {
    const text =
      '{{variables.a}} {{variables.b}} {{variables.c}} {{details.order}} {{option.topic}} {{customer.name}} ' +
      '{{customer.email}} {{customer.externalId}} {{customer.verified}} {{locale}} {{channel}} {{nextOpen}}'
    const bot = flowOf({
      start: [
        message(text),
        { type: 'set', variable: 'a', value: '1' },
        { type: 'details', fields: [{ id: 'order', label: 'Order', type: 'text' }] },
        options(text, { A: 'call' }, { name: 'topic', freeText: { goTo: 'call', variable: 'b' } }),
      ],
      call: [api({ save: { c: 'path' } })],
      a,
    })
    expect(problemsOf(bot)).toEqual([])
  })

  it('are not filled in in labels', () => {
    const shown = 'is shown as it is: nothing can be filled in here'
    expect(problemsOf(withStep(options('?', { 'Hi {{customer.name}}': 'a' }), { a }))).toEqual([
      `answers.0.steps.0.options.0.label: answer "start", step "1-options": ${shown}`,
    ])
    const fields = [{ id: 'x', label: '{{locale}}', type: 'select', options: ['A', '{{channel}}'] }]
    expect(problemsOf(withStep({ type: 'details', fields }))).toEqual([
      `answers.0.steps.0.fields.0.label: answer "start", step "1-details": ${shown}`,
      `answers.0.steps.0.fields.0.options.1: answer "start", step "1-details": ${shown}`,
    ])
  })

  it.each(['{{customer.name}}', '{{variables.x}}', '{{secret}}', '{{secret.a b}}', '{{}}'])(
    'in a header, which takes secrets only: %s',
    (text) => {
      expect(problemsOf(withStep(api({ headers: { authorization: `Bearer ${text}` } }), { a }))).toEqual([
        `answers.0.steps.0.headers.authorization: answer "start", step "find": a header takes {{secret.<name>}} only, not ${text}`,
      ])
    },
  )

  it('are not searched in a body that is nested too deeply: it is refused', () => {
    const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
    expect(problemsOf(withStep(api({ body: nested(40) }), { a }))).toEqual([
      `answers.0.steps.0.body: answer "start", step "find": has 40 levels; the limit is ${callBodyLevelsMax}`,
    ])
    // No document is read as deep as this.
    expect(problemsOf(withStep(api({ body: nested(4_000) }), { a }))).toEqual([
      'has 4005 levels; the limit is 64',
    ])
  })

  it('are closed: other braces are text, however much white space follows them', () => {
    const text = `{{${' '.repeat(4_000)}x`
    expect(problemsOf(withStep(message(text)))).toEqual([])
    expect(problemsOf(withStep(api({ body: text.repeat(2) }), { a }))).toEqual([])
  })

  it('may be secrets in headers', () => {
    expect(
      problemsOf(withStep(api({ headers: { a: '{{secret.x}}', b: 'Basic {{ secret.y-z }}' } }), { a })),
    ).toEqual([])
  })
})

describe('URLs, headers and answers of calls', () => {
  const url = (url: string) => problemsOf(withStep(api({ url }), { a }))

  it.each([
    'https://api.acme.example',
    'http://localhost:8080/x?y=1#z',
    'https://api.acme.example/{{locale}}/x?of={{channel}}',
    'https://api.acme.example?q={{locale}}',
    'https://[::1]:8080/x',
    'https://bücher.example/',
  ])('%s is valid', (address) => {
    expect(url(address)).toEqual([])
  })

  it.each([
    '',
    '/orders',
    'api.acme.example/orders',
    'ftp://api.acme.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https:///orders',
    'https://{{locale}}/',
    'https://{{locale}}.acme.example/',
    'https://api.acme.example:{{locale}}/',
    'https://api.acme.example{{locale}}/',
    'https://user:pass@api.acme.example/',
    'https://api.acme.example\\@evil.example/',
    'https://api.acme example/',
    'https://api.acme.example:99999/',
    ' https://api.acme.example/',
  ])('%j is not valid', (address) => {
    expect(url(address)).toEqual([
      'answers.0.steps.0.url: answer "start", step "find": must be an http or https address whose host has no {{…}}, and no user',
    ])
  })

  it.each([
    ['a name with a space', { 'x y': '1' }],
    ['a name with an underscore', { x_y: '1' }],
    ['an empty name', { '': '1' }],
    ['a line break', { x: '1\r\ny: 2' }],
    ['a letter that no header has', { x: 'José' }],
    ['256 characters', { x: 'x'.repeat(256) }],
  ])('a header with %s is refused', (_, headers) => {
    const [problem = ''] = problemsOf(withStep(api({ headers }), { a }))
    expect(problem).toContain('answers.0.steps.0.headers.')
    expect(problem).toContain('answer "start", step "find": ')
  })

  it.each(['', 'a..b', '.a', 'a.', 'a b'])('%j is not a path in an answer', (path) => {
    expect(problemsOf(withStep(api({ save: { x: path } }), { a }))).toEqual([
      'answers.0.steps.0.save.x: answer "start", step "find": must be a path such as order.items.0.name',
    ])
  })

  it.each(['get', 'HEAD', 'OPTIONS', ''])('%j is not a method of a call', (method) => {
    expect(problemsOf(withStep(api({ method }), { a }))[0]).toContain('answers.0.steps.0.method: ')
  })

  it.each(['', 'soon', 'PT0S', 'PT60.001S', 'PT1H', '-PT1S', 'PT0.0005S'])(
    '%j is not a timeout',
    (timeout) => {
      const problems = problemsOf(withStep(api({ timeout }), { a }))
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain('answers.0.steps.0.timeout: answer "start", step "find": must be ')
    },
  )

  it.each(['PT0.001S', 'PT5S', 'PT1M'])('%s is valid', (timeout) => {
    expect(problemsOf(withStep(api({ timeout }), { a }))).toEqual([])
  })
})

describe('limits: the largest is valid, one more is not', () => {
  const option = (n: number) => ({ label: `${n}`, goTo: 'a' })
  const condition = { value: 'locale', is: 'en' }
  const links = (count: number) =>
    flowOf(
      Object.fromEntries(
        many(count, (n) => [`a${n}`, n + 1 < count ? [link(`a${n + 1}`)] : [{ type: 'end' }]]),
      ),
    )
  const text = (length: number) => 'x'.repeat(length)

  it.each<[string, number, (count: number) => unknown]>([
    ['answers', answersMax, links],
    [
      'steps in an answer',
      stepsMax,
      (count) => flowOf({ start: [...many(count - 1, () => message('x')), { type: 'end' }] }),
    ],
    ['characters of a text', 4096, (count) => withStep(message('👍'.repeat(count)))],
    ['characters of a greeting', 4096, (count) => flowOf({ start: person }, { greeting: text(count) })],
    ['characters of a bot’s name', 255, (count) => flowOf({ start: person }, { name: text(count) })],
    [
      'options',
      botOptionsMax,
      (count) => withStep({ type: 'options', text: '?', options: many(count, option) }, { a }),
    ],
    ['characters of a label', 255, (count) => withStep(options('?', { [text(count)]: 'a' }), { a })],
    ['fields', botFieldsMax, (count) => withStep({ type: 'details', fields: many(count, field) })],
    [
      'options of a select',
      100,
      (count) =>
        withStep({
          type: 'details',
          fields: [{ ...field(1), type: 'select', options: many(count, String) }],
        }),
    ],
    [
      'cases',
      casesMax,
      (count) =>
        withStep(
          { type: 'branch', cases: many(count, () => ({ when: [condition], goTo: 'a' })), otherwise: 'a' },
          { a },
        ),
    ],
    [
      'conditions of a case',
      conditionsMax,
      (count) => withStep(branch(Array(count).fill(condition), 'a', 'a'), { a }),
    ],
    [
      'characters to set',
      280,
      (count) => withStep({ type: 'set', variable: 'x', value: '👍'.repeat(count) }),
    ],
    [
      'headers',
      headersMax,
      (count) => withStep(api({ headers: Object.fromEntries(many(count, (n) => [`h-${n}`, 'x'])) }), { a }),
    ],
    [
      'variables from an answer',
      Math.min(savedMax, variablesMax),
      (count) => withStep(api({ save: keyed(count, String) }), { a }),
    ],
    [
      'levels of a body',
      callBodyLevelsMax,
      (count) => withStep(api({ body: JSON.parse('['.repeat(count) + ']'.repeat(count)) }), { a }),
    ],
    ['bytes of a body', callBodyBytesMax, (count) => withStep(api({ body: text(count - 2) }), { a })],
    [
      'characters of an address',
      callUrlLengthMax,
      (count) => withStep(api({ url: `https://api.acme.example/${text(count - 25)}` }), { a }),
    ],
    ['tags', tagsMax, (count) => withStep({ type: 'transfer', tags: many(count, String) })],
    ['characters of a tag', tagLengthMax, (count) => withStep({ type: 'transfer', tags: [text(count)] })],
    [
      'variables in all',
      variablesMax,
      (count) =>
        flowOf({
          start: [...many(count, (n) => ({ type: 'set', variable: `v${n}`, value: 'x' })), { type: 'end' }],
        }),
    ],
    [
      'details in all',
      detailsMax,
      (count) =>
        flowOf({
          start: [...many(count, (n) => ({ type: 'details', fields: [field(n)] })), { type: 'end' }],
        }),
    ],
  ])('%s: %i', (_, limit, bot) => {
    expect(problemsOf(bot(limit))).toEqual([])
    const [problem = '', ...others] = problemsOf(bot(limit + 1))
    expect(problem).toMatch(/\d/)
    expect(others).toEqual([])
  })

  it('the whole document', () => {
    const big = flowOf({
      start: [...many(17, () => message(text(4000))), { type: 'end' }],
    })
    expect(problemsOf(big)[0]).toMatch(new RegExp(`^has \\d+ bytes; the limit is ${documentBytesMax}$`))
  })

  it.each<[string, string, object]>([
    ['a text', 'text', message(' ')],
    ['options', 'options', options('?', {})],
    ['a label', 'options.0.label', options('?', { ' ': 'start' })],
    ['fields', 'fields', { type: 'details', fields: [] }],
    ['cases', 'cases', { type: 'branch', cases: [], otherwise: 'start' }],
    ['conditions', 'cases.0.when', branch([], 'start', 'start')],
    ['a tag', 'tags.0', { type: 'transfer', tags: [''] }],
    ['a word outside the hours', 'outsideHours', { type: 'transfer', outsideHours: '' }],
  ])('%s: at least one', (_, place, step) => {
    const [problem = ''] = problemsOf(withStep({ ...step, name: 'here' }))
    expect(problem).toContain(`answers.0.steps.0.${place}: answer "start", step "here": `)
  })

  it('answers and steps: at least one', () => {
    expect(problemsOf({ id: 'helper', answers: [] })[0]).toMatch(/^answers: /)
    expect(problemsOf({ id: 'helper', answers: [{ id: 'start', steps: [] }] })[0]).toMatch(
      /^answers\.0\.steps: answer "start": /,
    )
  })
})

describe('the shape of a bot', () => {
  it.each<[string, unknown, string]>([
    ['the bot', { ...flowOf({ start: person }), greting: 'Hi' }, 'Unrecognized key: "greting"'],
    [
      'an answer',
      { id: 'helper', answers: [{ id: 'start', title: 'x', steps: person }] },
      'answers.0: answer "start": Unrecognized key: "title"',
    ],
    [
      'a step',
      withStep({ type: 'end', name: 'bye', goto: 'a' }),
      'answers.0.steps.0: answer "start", step "bye": Unrecognized key: "goto"',
    ],
    [
      'an option',
      withStep({ type: 'options', text: '?', options: [{ label: 'A', goTo: 'a', value: 1 }] }, { a }),
      'answers.0.steps.0.options.0: answer "start", step "1-options": Unrecognized key: "value"',
    ],
    [
      'an escape',
      withStep(options('?', { A: 'a' }, { freeText: { goTo: 'a', x: 1 } }), { a }),
      'answers.0.steps.0.freeText: answer "start", step "1-options": Unrecognized key: "x"',
    ],
    [
      'a field',
      withStep({ type: 'details', fields: [{ ...field(1), required: false }] }),
      'answers.0.steps.0.fields.0: answer "start", step "1-details": Unrecognized key: "required"',
    ],
    [
      'a case',
      withStep(
        {
          type: 'branch',
          cases: [{ when: [{ value: 'locale', is: 'x' }], goTo: 'a', x: 1 }],
          otherwise: 'a',
        },
        { a },
      ),
      'answers.0.steps.0.cases.0: answer "start", step "1-branch": Unrecognized key: "x"',
    ],
  ])('has no unknown key in %s', (_, bot, problem) => {
    expect(problemsOf(bot)).toEqual([problem])
  })

  it.each([
    [{ value: 'locale' }],
    [{ value: 'locale', is: 'a', contains: 'b' }],
    [{ value: 'locale', isnt: 'a' }],
    [{ value: 'locale', is: 5 }],
    [{ value: 'locale', isKnown: 'true' }],
    [{ value: 'locale', contains: '' }],
    [{ is: 'a' }],
  ])('%j is not a condition', (condition) => {
    const [problem = ''] = problemsOf(withStep(branch([condition], 'a', 'a', { name: 'by' }), { a }))
    expect(problem).toMatch(/^answers\.0\.steps\.0\.cases\.0\.when\.0.*: answer "start", step "by": /)
  })

  it.each<[string, unknown, string]>([
    [
      'a type that there is not',
      { type: 'mesage' },
      'answers.0.steps.0.type: answer "start", step "1-mesage": ',
    ],
    ['no type', { text: 'Hi' }, 'answers.0.steps.0.type: answer "start", step "1": '],
    ['a name only', { name: 'hi' }, 'answers.0.steps.0.type: answer "start", step "hi": '],
    ['an empty name', { type: 'end', name: ' ' }, 'answers.0.steps.0.name: answer "start", step "1-end": '],
    ['nothing', null, 'answers.0.steps.0: answer "start", step "1": '],
    ['a text', 'message', 'answers.0.steps.0: answer "start", step "1": '],
    ['a list', [], 'answers.0.steps.0'],
  ])('a step that is %s is refused', (_, step, problem) => {
    expect(problemsOf({ id: 'helper', answers: [{ id: 'start', steps: [step] }] })[0]).toContain(problem)
  })

  it.each([
    null,
    undefined,
    5,
    'bot',
    [],
    {},
    { id: 'x' },
    { id: 'x', answers: {} },
    { id: 'x', answers: [null] },
  ])('%j is not a bot', (bot) => {
    expect(problemsOf(bot).length).toBeGreaterThan(0)
  })

  it.each([null, '', ' ', 5, {}])('an answer with the id %j is named after its place', (id) => {
    expect(problemsOf({ id: 'helper', answers: [{ id, steps: goodbye }] })[0]).toMatch(
      /^answers\.0\.id: answer "1": /,
    )
  })

  it('a bot is of one of three kinds', () => {
    expect(problemsOf({ id: 'x', external: {} })).toEqual([])
    expect(problemsOf({ id: 'x', kind: 'bot', name: 'Ours', machine: 'survey' })).toEqual([])
    expect(problemsOf({ ...flowOf({ start: person }), external: {} })).toEqual([
      'Unrecognized key: "answers"',
    ])
    expect(problemsOf({ id: 'x', external: {}, machine: 'survey' })).toEqual(['Unrecognized key: "machine"'])
    expect(problemsOf({ id: 'x', external: { silence: 'PT0S' } })[0]).toMatch(/^external\.silence: must be/)
    expect(problemsOf({ id: 'x', external: { silence: 'PT5S', url: 'x' } })).toEqual([
      'external: Unrecognized key: "url"',
    ])
    expect(problemsOf({ id: 'x', machine: 'a b' })[0]).toMatch(/^machine: must be/)
  })

  it('all problems are reported at once', () => {
    const bot = flowOf({
      start: [message('{{variables.x}}'), link('nowhere')],
      orphan: [message('Hi')],
    })
    expect(problemsOf(bot)).toHaveLength(4)
  })
})
