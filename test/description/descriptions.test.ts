import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { subjects } from '../../engine/nats/topology.ts'
import { textLengthMax } from '../../schemas/limits.ts'
import { namedSchemas } from '../../workers/gateway/description/component-schemas.ts'
import { describe as describeAs } from '../../workers/gateway/description/descriptions.ts'
import { examples } from '../../workers/gateway/description/examples.ts'
import { natsChannels } from '../../workers/gateway/description/nats-channels.ts'
import { ajv7, ajv2020, asyncApiDocument, asyncApiValidator, inWords, openApiDocument } from './validators.ts'

describe('the AsyncAPI document', () => {
  const document = asyncApiDocument()

  it('is valid by the official schema', () => {
    const validate = asyncApiValidator()
    expect([validate(document), inWords(validate.errors)]).toEqual([true, ''])
  })

  it('has an example of each message with a body, which is valid', () => {
    const ajv = ajv7()
    ajv.addSchema({ components: document.components }, 'asyncapi')
    const messages = Object.entries(document.channels)
      .filter(([, { address }]) => address !== null)
      .flatMap(([channel, { messages }]) =>
        Object.entries(messages).map(([name, message]) => ({ at: `${channel} ${name}`, ...message })),
      )
    expect(messages.length).toBeGreaterThan(100)
    const wrong = messages.flatMap(({ at, payload, headers, examples: given = [] }) => {
      if (payload && given[0]?.payload === undefined) return [`${at}: has no example`]
      return given.flatMap((example) =>
        (['payload', 'headers'] as const).flatMap((part) => {
          const schema = { payload, headers }[part]
          if (!schema) return []
          const validate = ajv.compile({ $ref: `asyncapi${schema.$ref}` })
          return validate(example[part]) ? [] : [`${at}: ${part} ${inWords(validate.errors)}`]
        }),
      )
    })
    expect(wrong).toEqual([])
  })

  it('names the subjects that the engine uses', () => {
    const address = Object.fromEntries(natsChannels.map((channel) => [channel.id, channel.address]))
    const [conversation, workspace] = ['{conversation}', '{workspace}']
    expect(address).toMatchObject({
      'session.message': subjects.inbox(conversation, 'session.message'),
      live: subjects.live(conversation),
      readRecords: subjects.directGet('CONVERSATIONS'),
      lastRecord: `${subjects.directGet('CONVERSATIONS')}.${subjects.conversation(conversation)}`,
      notifications: subjects.workspace(workspace, '{action}'),
      changedRequests: subjects.changed('frontdesk_requests', `${workspace}.${conversation}`),
      queue: subjects.queue(conversation),
      position: subjects.position(conversation),
      customerPresence: subjects.presence(conversation),
      deskPresence: subjects.desk(workspace),
      team: subjects.team(workspace),
      roster: subjects.roster(workspace),
      customerTyping: subjects.typing(conversation, 'customer'),
      agentTyping: subjects.typing(conversation, 'agent'),
      channelChanged: subjects.changed('frontdesk_config', 'channel.{id}'),
      numbersQuestion: subjects.inspection('numbers'),
      audit: subjects.audit('{action}'),
    })
  })

  it('has what the roles may publish, ask and receive, and nothing else', () => {
    const conf = readFileSync(new URL('../../workers/nats-server/roles.conf', import.meta.url), 'utf8')
    const described = natsChannels.flatMap(({ address, roles }) =>
      roles.map((role) => [role, address] as const),
    )
    const rights = rightsIn(conf)
    expect(rights.length).toBeGreaterThan(50)
    const missing = rights
      .filter(([, subject]) => !internal.test(subject))
      .filter(([role, subject]) => !described.some((one) => one[0] === role && covers(subject, one[1])))
    expect(missing).toEqual([])
    const forbidden = described.filter(
      ([role, address]) => !rights.some((right) => right[0] === role && covers(right[1], address)),
    )
    expect(forbidden).toEqual([])
  })
})

/** Rights that only the gateway that comes with frontdesk needs: files, secrets, and how engines are. */
const internal =
  /OBJ_|\$O\.|frontdesk_secrets|frontdesk_workers|frontdesk_bots|EVENTS|AUDIT|KV_frontdesk_config/

/** The imports of each role's account: the subjects that it may use, under its own names. */
function rightsIn(conf: string): [role: string, subject: string][] {
  const accounts = conf.split(/^ {2}(?=[A-Z]+ \{$)/m).slice(1)
  return accounts.flatMap((account) => {
    const role = /^[A-Z]+/.exec(account)?.[0]?.toLowerCase() ?? ''
    const [, imports = ''] = account.split('imports: [')
    return imports.split(/\n\s*(?=\{)/).flatMap((entry) => {
      const own = /to: "([^"]+)"/.exec(entry) ?? /subject: "([^"]+)"/.exec(entry)
      return own ? [[role, own[1] as string] as [string, string]] : []
    })
  })
}

/** Whether a subject with wildcards has the address. */
function covers(subject: string, address: string): boolean {
  const [wild, tokens] = [subject.split('.'), address.split('.')]
  return wild.length === tokens.length && wild.every((token, n) => token === '*' || token === tokens[n])
}

describe('the OpenAPI document', () => {
  it('is valid', async () => {
    const { valid, errors } = await new Validator().validate({ ...describeAs('openapi') })
    expect([valid, errors]).toEqual([true, undefined])
  })

  it('names each operation once', () => {
    const ids = Object.values(openApiDocument().paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    )
    expect(ids.length).toBeGreaterThan(40)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

const message = { type: 'message', clientId: 'a', text: '' }
const hello = { type: 'hello', channel: 'web' }
const hours = { id: 's', timeZone: 'UTC', intervals: [] }

describe('the JSON Schemas', () => {
  const ajv = ajv2020()
  ajv.addSchema(describeAs('json-schema'), 'frontdesk')
  const validatorOf = (name: string) => {
    const validate = ajv.getSchema(`urn:frontdesk:schemas#/$defs/${name}`)
    if (!validate) throw new Error(`there is no schema ${name}`)
    return validate
  }

  it.each(Object.keys(namedSchemas))(
    '%s is JSON Schema, and accepts its example, as the code does',
    (name) => {
      const validate = validatorOf(name)
      for (const example of examples[name] ?? []) {
        validate(example)
        expect(inWords(validate.errors)).toBe('')
        expect(namedSchemas[name]?.safeParse(example).error).toBeUndefined()
      }
    },
  )

  it('have no example of anything else', () => {
    expect(Object.keys(examples).filter((name) => !Object.hasOwn(namedSchemas, name))).toEqual([])
  })

  it.each([
    ['WidgetMessage', 'a text of all characters', { ...message, text: '👋'.repeat(textLengthMax) }, true],
    ['WidgetMessage', 'one more', { ...message, text: '👋'.repeat(textLengthMax + 1) }, false],
    ['WidgetMessage', 'an id with a space', { ...message, clientId: 'not a token' }, false],
    ['WidgetHello', 'a long attribute', { ...hello, attributes: { plan: 'x'.repeat(255) } }, true],
    ['WidgetHello', 'one character more', { ...hello, attributes: { plan: 'x'.repeat(256) } }, false],
    ['Channel', 'a colour', { id: 'web', look: { accent: '#0f6f68' } }, true],
    ['Channel', 'the name of a colour', { id: 'web', look: { accent: 'red' } }, false],
    ['Schedule', 'a calendar', { ...hours, holidays: ['calendar.france'] }, true],
    ['Schedule', 'a calendar without its kind', { ...hours, holidays: ['france'] }, false],
    ['Reply', 'no text in any language', { id: 'r', title: 'T', text: {} }, false],
  ])('%s has the limits of the code: %s', (name, _, value, isValid) => {
    expect(validatorOf(name)(value)).toBe(isValid)
    expect(namedSchemas[name]?.safeParse(value).success).toBe(isValid)
  })
})
