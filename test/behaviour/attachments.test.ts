import { describe, expect, it } from 'vitest'
import { effectsOf } from '../../engine/core/effects.ts'
import { readEvent } from '../../engine/core/read-event.ts'
import type { Attachment } from '../../schemas/conversation/attachment.ts'
import { attachmentsMax, conversationFilesMax } from '../../schemas/limits.ts'
import {
  saidIn,
  transcriptAsMarkdown,
  transcriptAsText,
} from '../../workers/cli/conversations/format-transcript.ts'
import { accepted, agentSent, closed, erased, given, said, sent, started, wrote } from './given.ts'

const file = (id = 'f1', more: Partial<Attachment> = {}) => ({
  id,
  name: 'screen.png',
  type: 'image/png',
  size: 1234,
  ...more,
})

describe('a message with files', () => {
  it('is a message without a text, too: the names of its files are the need', () => {
    const { last, records } = given().when(started(), sent([file(), file('f2', { name: 'log.txt' })]))
    expect(last.messages?.[0]).toMatchObject({
      author: { type: 'customer' },
      type: 'text',
      text: '',
      attachments: [file(), file('f2', { name: 'log.txt' })],
    })
    expect(last.status).toMatchObject({ state: 'queued' })
    expect(effectsOf('c1', 2, last)).toContainEqual(
      expect.objectContaining({
        kind: 'notify',
        request: expect.objectContaining({
          request: expect.objectContaining({ need: 'screen.png, log.txt' }),
        }),
      }),
    )
    expect(records[0]?.state).not.toHaveProperty('files')
  })

  it('comes from agents, too, and counts as their answer', () => {
    const { last } = given().when(started(), wrote('help'), accepted('ann'), agentSent('ann', [file()]))
    expect(last).toMatchObject({
      outcome: 'applied',
      messages: [{ author: { type: 'agent', id: 'ann' }, text: '', attachments: [file()] }],
    })
  })

  it.each([
    ['too many', Array.from({ length: attachmentsMax + 1 }, (_, n) => file(`f${n}`)), 'too_long'],
    ['no token', [file('a b')], 'text_invalid'],
    ['no name', [file('f1', { name: ' ' })], 'text_invalid'],
    ['a long name', [file('f1', { name: 'x'.repeat(201) })], 'too_long'],
    ['a long type', [file('f1', { type: 'x'.repeat(128) })], 'too_long'],
    ['none, and no text', [], 'text_invalid'],
  ])('is refused: %s', (_, attachments, code) => {
    const { last } = given().when(started(), sent(attachments))
    expect(last).toMatchObject({ outcome: 'rejected', rejected: { code } })
    expect(last.state).not.toHaveProperty('files')
  })

  it('is refused once the conversation has its files', () => {
    const ten = (n: number) => sent(Array.from({ length: 10 }, (_, m) => file(`f${n}-${m}`)))
    const full = Array.from({ length: conversationFilesMax / 10 }, (_, n) => ten(n))
    const { last } = given().when(started(), ...full, sent([file()]))
    expect(last).toMatchObject({ outcome: 'rejected', rejected: { code: 'conversation_full' } })
    expect(given().when(started(), ...full, wrote('more')).last.outcome).toBe('applied')
  })

  it('of the wrong type is a dead letter', () => {
    const body = Buffer.from(JSON.stringify({ text: '', attachments: [{ id: 'f1' }] }))
    const subject = 'frontdesk.event.0.c1.session.message'
    const read = readEvent({ subject, body, id: '', seq: 1, at: 0 } as never)
    expect(read).toMatchObject({ ok: false, error: { code: 'invalid' } })
  })
})

describe('an erasure', () => {
  it('names the files of the conversation to the notifier, and no others’', () => {
    const story = given().when(
      started(),
      sent([file()]),
      accepted('ann'),
      agentSent('ann', [file('f2')]),
      closed('ann'),
    )
    expect(story.last.state.files).toEqual(['f1', 'f2'])
    const { last } = story.when(erased())
    expect(effectsOf('c1', 9, last)).toContainEqual(
      expect.objectContaining({
        kind: 'forgetRequests',
        request: expect.objectContaining({ files: ['f1', 'f2'] }),
      }),
    )
    const plain = given().when(started(), wrote('help'), accepted('ann'), said('ann', 'hi'), erased()).last
    expect(JSON.stringify(effectsOf('c1', 9, plain))).not.toContain('files')
  })
})

describe('a transcript', () => {
  it('shows the names of files, without their control characters', () => {
    const evil = file('f2', { name: 'a\u202egnp\u001b[31m.exe' })
    const { last } = given().when(started(), sent([file(), evil], 'see'))
    const shown = saidIn([last])
    expect(transcriptAsText(shown)).toContain(': see\n  [screen.png]\n  [agnp.exe]\n')
    expect(transcriptAsMarkdown('c1', shown)).toContain('\\[screen.png\\]')
  })
})
