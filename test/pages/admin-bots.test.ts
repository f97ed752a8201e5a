import { describe, expect, it, test } from 'vitest'
import { z } from 'zod'
import { externalBot } from '../../schemas/configuration/bot.ts'
import { botFlow } from '../../schemas/configuration/bot-flow.ts'
import { problemAt } from '../../schemas/problem.ts'
import { token } from '../../schemas/token.ts'
import { readBotText } from '../../workers/gateway/administration/bot-text.ts'
import { botTemplate } from '../../workers/pages/admin/bots/bot-template.ts'
import { changedLines, indentAfter, newStep } from '../../workers/pages/admin/bots/bot-text.ts'
import { completionAt } from '../../workers/pages/admin/bots/completion.ts'
import { answerFields, partFields, stepFields } from '../../workers/pages/admin/bots/step-fields.ts'
import { storedOf } from '../../workers/pages/admin/stored.ts'
import { adminWords, problemText } from '../../workers/pages/base/words.ts'

const en = adminWords('en')
const fr = adminWords('fr')

describe('what a new bot begins with', () => {
  it.each([
    ['English', en],
    ['French', fr],
  ])('has no errors, in %s', (_, words) => {
    for (const kind of ['flow', 'external', 'machine'] as const)
      for (const name of ['', 'Acme’s bot', 'true', ' 7: "x" # {y}', '- a'])
        expect(readBotText(botTemplate(kind, { id: 'b', name }, words.botTemplate), 'b')).toMatchObject({
          value: { id: 'b', ...(name && { name }) },
        })
  })

  it.each(['123', 'true', 'null', '-', '1e3', '0x1F', 'no'])('has the id %s as a text', (id) => {
    const text = botTemplate('external', { id, name: '' }, en.botTemplate)
    expect(readBotText(text, id)).toMatchObject({ value: { id } })
  })
})

describe('a new line', () => {
  it.each([
    ['', 0],
    ['id: a', 0],
    ['answers:', 2],
    ['  - id: welcome', 4],
    ['id: a\n    steps:', 6],
    ['      - type: message', 8],
    ['        options: ', 10],
    ['        text: Hi: there', 8],
    ['  - - a', 6],
    ['    ', 4],
  ])('after %j begins with %d spaces', (text, spaces) => {
    expect(indentAfter(text)).toBe(' '.repeat(spaces))
  })
})

describe('a new step', () => {
  const bot = `answers:
  - id: a
    steps: # first
      - type: message
        text: 'one'

  - id: b
    steps:
      - { type: link, goTo: a }
      - name: last
        type: end
`
  /** The text with the step, after the place that is named by its text. */
  const into = (text: string, place: string, type: 'link' | 'options' | 'end' | 'details' = 'link') => {
    const step = newStep(text, text.indexOf(place), type, stepFields[type])
    return text.slice(0, step.at) + step.text + text.slice(step.at)
  }
  const link = (text: string) => text.replace(/$/, '\n      - type: link\n        goTo: ')

  it.each([
    ['a step', "text: 'one'"],
    ['a step’s first line', 'type: message'],
    ['the blank line behind it', '\n\n'],
  ])('goes behind the last step, at %s', (_, place) => {
    expect(into(bot, place)).toBe(bot.replace("'one'", link))
  })

  it('goes below the head of the steps, and between steps', () => {
    expect(into(bot, 'id: b')).toBe(bot.replace(/steps:$/m, link))
    expect(into(bot, 'answers')).toBe(bot.replace('# first', link))
    expect(into(bot, '# first')).toBe(bot.replace('# first', link))
    expect(into(bot, 'goTo: a')).toBe(bot.replace('{ type: link, goTo: a }', link))
    expect(into(bot, 'type: end')).toBe(bot.replace('type: end', link))
  })

  it('has its required fields, in YAML that the check understands', () => {
    expect(into(bot, '# first', 'options')).toContain('options: [{ label: , goTo: }]')
    const text = `id: b\nanswers:\n  - id: w\n    steps:\n      - type: end\n`
    for (const [type, fields] of Object.entries(stepFields)) {
      const { at, text: step } = newStep(text, text.length, type, fields)
      const read = readBotText(text.slice(0, at) + step + text.slice(at), 'b')
      const problems = read.ok ? [] : read.error.problems
      // Some are of empty values; none is of the text or of the step's kind.
      expect(problems.filter(({ code, path }) => code.startsWith('yaml') || path.at(-1) === 'type')).toEqual(
        [],
      )
    }
  })

  it('goes behind the line of a text without steps', () => {
    expect(into('id: b\nname: x', 'id', 'end')).toBe('id: b\n- type: end\nname: x')
  })
})

describe('the lines in which two texts differ', () => {
  it.each([
    ['a\nb\nc', 'a\nX\nc', '2  b'],
    ['a\nb\nc', 'a\nc', '2  b'],
    ['a\nc', 'a\nb\nc', ''],
    ['a\na', 'a', '2  a'],
    ['same', 'same', ''],
    ['x\nb\ny', 'z\nb\nw', '1  x\n2  b\n3  y'],
    [`${'a\n'.repeat(8)}x\nb\ny`, `${'a\n'.repeat(8)}z\nb\nw`, ' 9  x\n10  b\n11  y'],
  ])('%j against %j', (text, other, lines) => {
    expect(changedLines(text, other)).toBe(lines)
  })
})

describe('the fields that the help and the suggestions name', () => {
  type Shape = Record<string, z.ZodType>
  const answer = botFlow.shape.answers.element
  const steps = answer.shape.steps.element.options.map(({ shape }) => shape)
  const fieldsOf = (shape: Shape) =>
    Object.entries(shape).map(([field, schema]) =>
      schema.safeParse(undefined).success ? `${field}?` : field,
    )
  const sorted = (fields: Record<string, string | string[]>) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, all]) => [
        name,
        (Array.isArray(all) ? all : all.split(', ')).sort(),
      ]),
    )

  it('are those of each step', () => {
    const fields = steps.map(({ type, name: _, ...others }) => [type.value, fieldsOf(others)])
    expect(sorted(stepFields)).toEqual(sorted(Object.fromEntries(fields)))
  })

  it('are those of everything else in a bot, and lead to an answer where they do', () => {
    const { kind: _, ...bot } = botFlow.shape
    const parts: Record<string, string[]> = {
      '': [...fieldsOf(bot), 'external?', 'machine?'],
      external: fieldsOf(externalBot.shape.external.shape),
      answers: fieldsOf(answer.shape),
    }
    const leading = new Set<string>()
    const visit = (field: string, schema: unknown): void => {
      if (schema === token) leading.add(field)
      else if (schema instanceof z.ZodOptional) visit(field, schema.unwrap())
      else if (schema instanceof z.ZodArray) visit(field, schema.element)
      else if (schema instanceof z.ZodUnion) for (const option of schema.options) visit(field, option)
      else if (schema instanceof z.ZodObject) {
        parts[field] = fieldsOf(schema.shape)
        for (const [inner, own] of Object.entries(schema.shape)) visit(inner, own)
      }
    }
    for (const shape of steps) for (const [field, schema] of Object.entries(shape)) visit(field, schema)
    expect(sorted(partFields)).toEqual(sorted(parts))
    expect(answerFields.toSorted()).toEqual([...leading].sort())
  })
})

describe('what may be written at the caret', () => {
  const names = {
    answers: ['welcome', 'person'],
    placeholders: ['customer.name', 'channel', 'variables.plan'],
  }
  const bot = `id: b
answers:
  - id: welcome
    steps:
      - type: options
        text: Hi # no
        options:
          - label: One
            goTo: person
          - @1
        freeText: { @2
        @3
      - @4

      - type: branch
        cases: [{ when: [{ value: @5
        otherwise: @6
      - type: details
        fields:
          - id: a
            type: @7
            options:
            - @8
      - { type: link, @9
      - name: x
        @10
  - id: person
    steps:
    - type: @11
    - type: message
      text: "Hi {{@12}}"
    - text: |
        @13
greeting: @14
@15`
  /** The words at a mark of the bot, after what is typed there. */
  const at = (mark: number, typed = '', isAsked = false) => {
    const [before = '', after = ''] = bot.split(new RegExp(`@${mark}(?!\\d)`))
    const clean = (text: string) => text.replace(/@\d+/g, '')
    const text = clean(before) + typed
    return completionAt(text + clean(after), text.length, names, isAsked)?.words.map(
      ({ inserted }) => inserted,
    )
  }

  it.each([
    ['the fields of an object', 1, 'go', ['goTo: ']],
    ['none but those of that object', 1, 'ty', undefined],
    ['fields in flow style', 2, 'v', ['variable: ']],
    ['the id of an answer in flow style', 2, 'variable: x, goTo: ', ['welcome', 'person']],
    ['no field that stands above or below', 3, 'text', undefined],
    ['the step’s own fields', 3, 'na', ['name: ']],
    ['the type of a new step', 4, 't', ['type: ']],
    ['types', 4, 'type: tr', ['transfer']],
    ['no word that is complete', 4, 'type: set', undefined],
    ['what a condition compares', 5, 'var', ['variables.plan']],
    ['the id of an answer', 6, 'P', ['person']],
    ['a field’s types', 7, '', ['text', 'email', 'select']],
    ['nothing in a list of texts', 8, 'la', undefined],
    ['a step’s fields in flow style', 9, 'go', ['goTo: ']],
    ['the type where it is missing', 10, 't', ['type: ']],
    ['types in a list that is not indented', 11, 'hours ', undefined],
    ['types in such a list', 11, 'ho', ['hours']],
    ['placeholders', 12, 'c', ['customer.name', 'channel']],
    ['nothing in a text', 13, 'te', undefined],
    ['nothing in a value that is free', 14, 'te', undefined],
    ['the bot’s own fields', 15, 'ext', ['external: ']],
  ])('is %s', (_, mark, typed, words) => {
    expect(at(mark, typed)).toEqual(words)
  })

  it('is shown before the first letter when it is asked for', () => {
    expect(at(3)).toBeUndefined()
    expect(at(3, '', true)).toEqual(['name: '])
    expect(at(15, '', true)).toEqual(['name: ', 'external: ', 'machine: '])
  })

  it('ends with what is not there yet', () => {
    const inserted = (text: string) => {
      const caret = text.indexOf('|')
      return completionAt(text.replace('|', ''), caret, names)?.words[0]?.inserted
    }
    expect(inserted('gr|: x')).toBe('greeting')
    expect(inserted('greeting: "{{ch|"')).toBe('channel}}')
    expect(inserted('greeting: "{{ch| }}"')).toBe('channel')
  })

  it('is a step, whatever the step', () => {
    for (const [type, fields] of Object.entries(stepFields)) {
      const text = `answers:\n  - id: a\n    steps:\n      - type: ${type}\n        `
      const expected = ['name', ...fields.split(', ').map((field) => field.replace('?', ''))]
      expect(completionAt(text, text.length, names, true)?.words.map(({ word }) => word)).toEqual(expected)
    }
  })
})

describe('what is wrong with a bot', () => {
  const step = (text: string) => `id: b\nanswers:\n  - id: w\n    steps:\n      - ${text}\n`
  const end = '\n      - type: end\n'
  // Whatever an author gets wrong.
  const wrong = [
    '',
    'id: [b',
    'id: b\n\tname: x',
    'id: b\nid: b',
    'id: b: c',
    'id: b\n  name: x',
    'answers:\n  - id: a\n   steps: []',
    'answers: a\n  - id: a',
    'answers: 7',
    'id: b\nanswers: []',
    step('{ type: nope }'),
    step('{ type: message }'),
    step('{ type: message, text: 7 }'),
    step('{ type: message, text: "  " }'),
    step(`{ type: message, text: ${'x'.repeat(4097)} }`),
    step('{ type: message, text: Hi, colour: red }'),
    step('{ type: message, text: Hi }'),
    step(`{ type: message, text: 'Hi {{variables.x}} {{details.x}} {{option.x}} {{x}}' }${end}`),
    step(`{ type: message, text: '${'{{locale}}'.repeat(21)}' }${end}`),
    step('{ type: link, goTo: nowhere }'),
    step('{ type: link, goTo: w }'),
    step(`{ type: end }\n      - { type: end }`),
    step(`{ type: set, name: s, variable: x, value: y }\n      - { name: s, type: end }`),
    step(`{ type: set, variable: __proto__, value: y }${end}`),
    `${step('{ type: end }')}  - id: w\n    steps: [{ type: end }]\n`,
    `${step('{ type: end }')}  - id: x\n    steps: [{ type: end }]\n`,
    step('{ type: options, text: Hi, options: [] }'),
    step('{ type: options, text: Hi, options: [{ label: a, goTo: w }, { label: A, goTo: w }] }'),
    step('{ type: options, text: Hi, options: [{ label: "", goTo: a b }] }'),
    step(`{ type: options, text: Hi, options: [${'{ label: a, goTo: w },'.repeat(11)}] }`),
    step(`{ type: details, fields: [phone] }${end}`),
    step(`{ type: details, fields: [name, name] }${end}`),
    step(`{ type: details, fields: [{ id: a, label: A, type: select }] }${end}`),
    step('{ type: branch, cases: [{ when: [{ value: locale }], goTo: w }], otherwise: w }'),
    step('{ type: branch, cases: [{ when: [{ value: locale, isKnown: 3 }], goTo: w }], otherwise: w }'),
    step('{ type: api, method: HEAD, url: "ftp://x", timeout: PT2M, success: w, failure: w }'),
    step(
      '{ type: api, url: "https://a.example", timeout: soon, headers: { "a b": x }, save: { x: "" }, success: w, failure: w }',
    ),
    step(
      '{ type: api, url: "https://a.example", headers: { a: "{{locale}}" }, body: "{{x}}", success: w, failure: w }',
    ),
    step(`{ type: api, url: "https://a.example", body: ${'x'.repeat(9000)}, success: w, failure: w }`),
    'id: b\nexternal: { silence: never }',
    'id: b\nmachine: a b',
    `id: b\nname: ${'x'.repeat(256)}\nmachine: a`,
  ]
  const problems = wrong.map((text) => {
    const read = readBotText(text, 'b')
    return [text, read.ok ? [] : read.error.problems] as const
  })

  it.each(problems)('is said in the page’s language: %j', (_, found) => {
    expect(found.length).toBeGreaterThan(0)
    for (const problem of found) {
      const [english, french] = [problemText(problem, en.problems), problemText(problem, fr.problems)]
      expect(french, problem.message).not.toBe(english)
      expect(`${english} ${french}`).not.toMatch(/undefined|\[object/)
    }
  })
})

test('a bot is listed with its name and kind, whatever was stored by hand', () => {
  const bot = { kind: 'flow' as const, text: 'text' }
  const problems = [problemAt([], 'required')]
  const changedAt = '2026-06-05T15:00:00Z'
  const { bots } = storedOf([
    { kind: 'bot', id: 'a', revision: 1, changedAt, document: { id: 'a', name: 'A' }, bot },
    { kind: 'bot', id: 'b', revision: 2, changedAt, document: 7, bot, problems },
    { kind: 'bot', id: 'c', revision: 3, changedAt, document: { name: {} }, bot },
  ])
  expect([...bots.values()]).toEqual([
    { revision: 1, changedAt, document: { id: 'a', text: 'text' }, name: 'A', kind: 'flow' },
    { revision: 2, changedAt, document: { id: 'b', text: 'text' }, name: '', kind: 'flow', problems },
    { revision: 3, changedAt, document: { id: 'c', text: 'text' }, name: '', kind: 'flow' },
  ])
})
