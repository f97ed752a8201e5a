import { describe, expect, test } from 'vitest'
import { readBotText } from '../../workers/gateway/administration/bot-text.ts'
import { stepFields } from '../../workers/pages/admin/bots/step-fields.ts'
import { FlowText, newStepOf } from '../../workers/pages/admin/bots/steps/flow-text.ts'
import {
  isShown,
  simpleCase,
  stepForms,
  writtenCase,
} from '../../workers/pages/admin/bots/steps/step-form.ts'

const text = `# The shop's own
id: helper
answers:
  - id: welcome # first
    steps:
      # Asks
      - type: options
        text: "What is it about?"
        options:
          - { label: A person, goTo: person }
        freeText:
          goTo: person

  - id: person
    steps:
      - type: message
        text: |
          One moment.
          Somebody comes.
      - type: transfer # to an agent
`

const read = (of = text) => FlowText.read(of) as FlowText

/** The text after an edit. */
function edited(change: (flow: FlowText) => void): string {
  const flow = read()
  change(flow)
  return flow.toString()
}

describe('a bot’s text edited step by step', () => {
  test('stands as it was but for the edit, comments included', () => {
    expect(edited(() => {})).toBe(
      text.replace('{ label: A person, goTo: person }', '{ label: A person, goTo: person }'),
    )
    const changed = edited((flow) => flow.set(['answers', 0, 'steps', 0, 'text'], 'What: now?'))
    expect(changed).toBe(text.replace('"What is it about?"', '"What: now?"'))
  })

  test('a field is added and removed, with what it leaves empty', () => {
    const named = edited((flow) => flow.set(['answers', 1, 'steps', 1, 'duringHours'], 'Soon.'))
    expect(named).toContain('- type: transfer # to an agent\n        duringHours: Soon.\n')
    const without = edited((flow) => flow.set(['answers', 0, 'steps', 0, 'freeText', 'goTo'], undefined))
    expect(without).not.toContain('freeText')
    expect(without).toContain('# Asks')
  })

  test('steps are added, moved and removed, with their comments', () => {
    const added = edited((flow) => flow.addStep(1, 1, newStepOf('set', 'person')))
    expect(read(added).answers[1]?.steps.map(({ type }) => type)).toEqual(['message', 'set', 'transfer'])
    const moved = edited((flow) => flow.moveStep(1, 1, 0))
    expect(read(moved).answers[1]?.steps.map(({ type }) => type)).toEqual(['transfer', 'message'])
    expect(moved).toContain(
      '- type: transfer # to an agent\n      - type: message\n        text: |\n          One moment.\n',
    )
    const removed = edited((flow) => flow.removeStep(1, 0))
    expect(removed).not.toContain('One moment')
    expect(removed).toContain('# to an agent')
  })

  test('an answer is added with a free id, renamed everywhere, and removed', () => {
    const added = edited((flow) => expect(flow.addAnswer({ type: 'transfer' })).toBe('answer-3'))
    expect(added).toContain('\n\n  - id: answer-3\n    steps:\n      - type: transfer\n')
    const renamed = edited((flow) => flow.renameAnswer(1, 'agent'))
    expect(renamed).toContain('{ label: A person, goTo: agent }')
    expect(renamed).toContain('freeText:\n          goTo: agent')
    expect(renamed).toContain('- id: agent\n')
    expect(renamed).toContain('# first')
    expect(read(edited((flow) => flow.removeAnswer(1))).answers.map(({ id }) => id)).toEqual(['welcome'])
  })

  test.each(['', 'id: a', 'answers: [1]', 'answers: [{ id: a }]', '- a', 'external: {}'])(
    'is no list where it is not answers and steps: %j',
    (of) => {
      expect(FlowText.read(of)).toBeUndefined()
    },
  )

  test('each new step is valid, but for what its author has to fill in', () => {
    for (const type of Object.keys(stepFields) as (keyof typeof stepFields)[]) {
      const flow = read()
      flow.addStep(0, 0, newStepOf(type, 'person'))
      const checked = readBotText(flow.toString())
      const codes = checked.ok ? [] : checked.error.problems.map(({ code }) => code)
      const open = ['empty', 'unreachable_step', 'not_a_token', 'not_an_api_url']
      expect([type, codes.filter((code) => !open.includes(code))]).toEqual([type, []])
    }
  })
})

describe('the forms of steps', () => {
  test('have every field of every type', () => {
    for (const [type, fields] of Object.entries(stepFields)) {
      const names = fields.split(', ').map((name) => name.replace('?', ''))
      const inForm = stepForms[type as keyof typeof stepForms].map(({ path }) => path[0])
      expect([type, [...new Set(inForm)].sort()]).toEqual([type, names.sort()])
    }
  })

  test('a case of one condition is a row, and comes back as it was', () => {
    for (const written of [
      { when: [{ value: 'locale', is: 'fr' }], goTo: 'a' },
      { when: [{ value: 'customer.email', isKnown: true }], goTo: 'a' },
      { when: [{ value: 'customer.email', isKnown: false }], goTo: 'a' },
    ])
      expect(writtenCase(simpleCase(written) as never)).toEqual(written)
    expect(
      simpleCase({
        when: [
          { value: 'a', is: 'b' },
          { value: 'c', is: 'd' },
        ],
        goTo: 'a',
      }),
    ).toBeUndefined()
  })

  test('a value of another shape is not shown in a form', () => {
    expect(isShown({ kind: 'text' }, { en: 'Hi', fr: 'Salut' })).toBe(false)
    expect(isShown({ kind: 'asked' }, ['name', { id: 'a', label: { en: 'A' }, type: 'text' }])).toBe(false)
    expect(
      isShown({ kind: 'asked' }, ['name', { id: 'a', label: 'A', type: 'select', options: ['x'] }]),
    ).toBe(true)
    expect(isShown({ kind: 'rows', columns: [] }, 'a')).toBe(false)
    expect(isShown({ kind: 'raw' }, { a: 1 })).toBe(false)
    expect(isShown({ kind: 'pairs' }, undefined)).toBe(true)
  })
})
