import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { serverIsShared } from '../test-server.ts'
import { eventually, runningSystem, uniqueId } from './running-system.ts'

const system = runningSystem()

/** A conversation with a request. */
async function conversation(text = 'Hello, *world*\n# <b>order</b> 4711'): Promise<string> {
  const id = uniqueId('c')
  await system.publish(`${id}.session.started`, JSON.stringify({ channel: uniqueId('channel') }))
  await system.publish(`${id}.session.message`, JSON.stringify({ text }))
  await eventually(
    () => system.run(['transcript', id]),
    ({ stdout }) => stdout.includes('an agent will be with you shortly'),
  )
  return id
}

describe('transcript', () => {
  it('prints the messages as text, JSON and Markdown', async () => {
    const id = await conversation()
    const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z'
    const text = await system.run(['transcript', id])
    expect(text.code).toBe(0)
    expect(text.stdout).toMatch(
      new RegExp(
        `^\\[${time}\\] Bot: Hi! How can we help\\?\\n\\[${time}\\] Customer: Hello, \\*world\\*\\n {2}# <b>order</b> 4711\\n` +
          `\\[${time}\\] Bot: Thanks, an agent will be with you shortly\\.\\n$`,
      ),
    )

    const json = JSON.parse((await system.run(['transcript', id, '--json'])).stdout)
    expect(json).toHaveLength(3)
    expect(json[1]).toEqual({
      at: expect.stringMatching(new RegExp(`^${time}$`)),
      id: expect.stringMatching(new RegExp(`^${id}\\.\\d+\\.0$`)),
      author: { type: 'customer' },
      type: 'text',
      text: 'Hello, *world*\n# <b>order</b> 4711',
    })

    const markdown = (await system.run(['transcript', id, '--markdown'])).stdout
    expect(markdown).toContain(`# Conversation ${id}\n`)
    expect(markdown).toContain('> Hello, \\*world\\*  \n> \\# \\<b\\>order\\</b\\> 4711\n')
  })

  it('leaves agents’ notes out unless they are asked for, as a chat always does', async () => {
    const id = await conversation()
    const note = { agent: { id: 'ann', name: 'Ann' }, text: 'Owes us *money*\nsince May' }
    await system.publish(`${id}.agent.noted`, JSON.stringify(note))
    const noted = await eventually(
      () => system.run(['transcript', id, '--notes']),
      ({ stdout }) => stdout.includes('money'),
    )
    expect(noted.stdout).toMatch(/\n\[.*\] Ann \(note\): Owes us \*money\*\n {2}since May\n$/)
    const json = JSON.parse((await system.run(['transcript', id, '--notes', '--json'])).stdout)
    expect(json.at(-1)).toMatchObject({ type: 'note', author: { id: 'ann' }, text: note.text })
    expect((await system.run(['transcript', id, '--notes', '--markdown'])).stdout).toContain(
      '> Owes us \\*money\\*  \n> since May\n',
    )
    const others = [
      await system.run(['transcript', id]),
      await system.run(['transcript', id, '--json']),
      await system.run(['transcript', id, '--markdown']),
      await system.run(['chat', '--conversation', id], 'More\n'),
    ]
    for (const { code, stdout, stderr } of others) {
      expect(code).toBe(0)
      expect(stdout + stderr).toContain('Hello')
      expect(stdout + stderr).not.toContain('money')
    }
  })

  it('ends with the rating, which the chat takes after the end', async () => {
    const id = await conversation('My anvil is broken')
    await system.publish(`${id}.agent.accepted`, JSON.stringify({ agent: { id: 'ann', name: 'Ann' } }))
    await eventually(
      () => system.run(['transcript', id]),
      ({ stdout }) => stdout.includes('Ann'),
    )
    const chat = await system.run(['chat', '--conversation', id], '/end\n/rate 6\n/rate 4 *quick*\n')
    expect(chat.stdout).toMatch(/Rate the conversation.*Thank you for your rating/s)
    const text = await system.run(['transcript', id])
    expect(text.stdout).toMatch(/: rated 4 of 5: \*quick\*\n$/)
    expect((await system.run(['transcript', id, '--markdown'])).stdout).toContain('rated 4 of 5: \\*quick\\*')
    expect((await system.run(['transcript', id, '--json'])).stdout).not.toContain('quick')
  })

  it('fails if there is no such conversation, even if one of its events was refused', async () => {
    const id = uniqueId('c')
    await system.publish(`${id}.session.message`, JSON.stringify({ text: 'Hello' }))
    const { code, stdout, stderr } = await system.run(['transcript', id])
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `frontdesk: there is no conversation ${id}\n`,
    })
  })
})

describe('erase', () => {
  /** All that any stream, and so any bucket, holds. */
  async function everything(): Promise<string> {
    const { js, jsm } = system.nats()
    let all = ''
    for await (const { config, state } of jsm.streams.list()) {
      if (state.messages === 0) continue
      const consumer = await js.consumers.get(config.name)
      for await (const message of await consumer.consume()) {
        all += `${message.subject} ${message.headers ?? ''} ${message.string()}\n`
        if (message.info.pending === 0) break
      }
    }
    return all
  }

  it('leaves nothing of the customer anywhere', async () => {
    const id = uniqueId('c')
    const email = `${uniqueId('jose')}@example.com`
    const customer = { externalId: uniqueId('external'), email, name: email }
    await system.publish(`${id}.session.started`, JSON.stringify({ channel: 'web', customer }))
    await system.publish(`${id}.session.message`, JSON.stringify({ text: `I am ${email}` }))
    await system.publish(`${id}.agent.accepted`, JSON.stringify({ agent: { id: 'ana' } }))
    await system.publish(`${id}.session.message`, `not JSON: ${email}`, `id of ${email}`)
    const before = await eventually(
      everything,
      (all) => (all.match(/\.request\.accepted /g) ?? []).length > 0,
    )
    expect(before).toContain(email)

    const { code, stdout } = await system.run(['erase', id, '--yes'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${id} erased\n` })
    await system.logs(
      new RegExp(`"role":"engine","worker":"[^"]+","conversation":"${id}".*erased a conversation`),
    )
    const after = await everything()
    expect(after).not.toContain(email)
    expect(after).not.toContain(customer.externalId)

    const transcript = await system.run(['transcript', id])
    expect(transcript).toMatchObject({ code: 1, stdout: '' })
    expect(transcript.stderr).toContain(`conversation ${id} was erased at `)
    expect((await system.run(['erase', id, '--yes'])).code).toBe(0)
    expect((await system.run(['chat', 'web', '--conversation', id])).code).toBe(1)
  })

  it.skipIf(serverIsShared)('overwrites on the disk what it removes', async () => {
    const word = uniqueId('xyzzy')
    const id = await conversation(`the secret is ${word}`)
    const neighbour = await conversation('a neighbour, which stays in the same files')
    // The request has earlier revisions, which the bucket only unlinks.
    const agent = JSON.stringify({ agent: { id: 'ann' } })
    for (const event of ['accepted', 'released', 'accepted'])
      await system.publish(`${id}.agent.${event}`, agent)
    /** The streams in whose files the word stands. */
    const found = async () => {
      const files = await readdir(system.dataFolder(), { recursive: true, withFileTypes: true })
      const streams = files
        .filter((file) => file.isFile() && readFileSync(join(file.parentPath, file.name)).includes(word))
        .map((file) => /streams\/(\w+)\//.exec(`${file.parentPath}/`)?.[1])
      return [...new Set(streams)].sort()
    }
    const streams = ['CONVERSATIONS', 'EVENTS', 'KV_frontdesk_requests', 'WORKSPACE']
    expect(await eventually(found, (names) => names.length === streams.length)).toEqual(streams)
    const shown = () => system.run(['transcript', id])
    await eventually(shown, ({ stdout }) => stdout.split('joined').length > 2)
    expect((await system.run(['erase', id, '--yes'])).code).toBe(0)
    expect(await eventually(found, (names) => names.length === 0)).toEqual([])
    expect((await system.run(['transcript', neighbour])).code).toBe(0)
  })

  it('erases all conversations of a customer, in whatever spelling', async () => {
    const email = `${uniqueId('zelda')}@example.com`
    const ids = [uniqueId('c'), uniqueId('c')]
    for (const [n, id] of ids.entries()) {
      const customer = { externalId: `${id}-x`, email: n === 0 ? email : email.toUpperCase(), name: 'Zelda' }
      await system.publish(`${id}.session.started`, JSON.stringify({ channel: 'web', customer }))
    }
    const known = () => system.run(['export', email])
    await eventually(known, ({ stdout }) => ids.every((id) => stdout.includes(id)))
    const { code, stdout } = await system.run(['erase', '--customer', email, '--yes'])
    expect({ code, lines: stdout.trim().split('\n').sort() }).toEqual({
      code: 0,
      lines: ids.map((id) => `${id} erased`).sort(),
    })
    expect((await known()).code).toBe(1)
    const none = await system.run(['erase', '--customer', email, '--yes'])
    expect(none).toMatchObject({ code: 1, stderr: `frontdesk: no conversation knows a customer ${email}\n` })
  })

  it('does nothing unasked, nor for a conversation that does not exist', async () => {
    const id = await conversation()
    const unasked = await system.run(['erase', id])
    expect(unasked.code).toBe(2)
    expect(unasked.stderr).toContain('--yes')
    expect((await system.run(['transcript', id])).code).toBe(0)
    const unknown = await system.run(['erase', uniqueId('nobody'), '--yes'])
    expect(unknown).toMatchObject({ code: 1, stdout: '' })
  })
})

describe('deadletters', () => {
  async function lettersOf(id: string, count: number) {
    const all = async () =>
      (await system.run(['deadletters', 'list', '--json'])).stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
        .filter(({ conversation }) => conversation === id)
    return eventually(all, (letters) => letters.length === count)
  }

  it('are listed, shown, requeued and discarded', async () => {
    const id = uniqueId('c')
    await system.publish(`${id}.session.message`, '{oops\u001b[31m', 'my id')
    await system.publish(`${id}.session.frob`, '{}')
    const [first, second] = await lettersOf(id, 2)
    expect(first).toMatchObject({ reason: 'not_json', type: 'session.message', id: 'my id' })
    expect(second).toMatchObject({ reason: 'unknown_type', type: 'session.frob', id: '' })

    const list = await system.run(['deadletters'])
    expect(list.stdout).toContain(
      `${second.seq}  ${second.at}  unknown_type  ${id}  session.frob  there is no event`,
    )

    const shown = await system.run(['deadletters', 'show', String(first.seq)])
    expect(shown.stdout).toContain(`Frontdesk-Conversation: ${id}\n`)
    expect(shown.stdout).toContain('\n\n{oops\\x1b[31m\n')

    const requeued = await system.run(['deadletters', 'requeue', String(first.seq)])
    expect(requeued).toMatchObject({ code: 0, stdout: `${first.seq} requeued\n` })
    // It cannot be understood now, either: it is back, under a number of its own and its own id.
    const again = (await eventually(
      () => lettersOf(id, 2),
      (letters) => letters.some(({ seq }) => seq > second.seq),
    )) as { seq: number; id: string }[]
    expect(again.map(({ seq }) => seq)).not.toContain(first.seq)
    expect(again.at(-1)?.id).toBe('my id')

    const discarded = await system.run(['deadletters', 'discard', String(second.seq)])
    expect(discarded).toMatchObject({ code: 0, stdout: `${second.seq} discarded\n` })
    expect(await lettersOf(id, 1)).toHaveLength(1)

    for (const action of ['show', 'requeue', 'discard']) {
      const { code, stderr } = await system.run(['deadletters', action, String(first.seq)])
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: `frontdesk: there is no dead letter ${first.seq}\n`,
      })
    }
  })

  it('are all discarded only after confirmation', async () => {
    const id = uniqueId('c')
    await system.publish(`${id}.session.frob`, '{}')
    await lettersOf(id, 1)
    const { code, stderr } = await system.run(['deadletters', 'discard', '--all'])
    expect(code).toBe(2)
    expect(stderr).toContain('--yes')
    expect(await lettersOf(id, 1)).toHaveLength(1)
  })
})

describe('numbers', () => {
  it('prints how long customers waited: as text, CSV and JSON', async () => {
    const [id, workspace] = [uniqueId('c'), uniqueId('w')]
    await system.configure(`channel.${workspace}`, { id: workspace, workspace })
    await system.publish(`${id}.session.started`, JSON.stringify({ channel: workspace }))
    await system.publish(`${id}.session.message`, JSON.stringify({ text: 'help' }))
    await system.publish(`${id}.agent.accepted`, JSON.stringify({ agent: { id: 'ann' } }))
    const numbers = (...options: string[]) => system.run(['numbers', workspace, '--days', '2', ...options])
    const text = await eventually(
      () => numbers(),
      ({ stdout }) => stdout !== '',
    )
    expect(text.stdout).toMatch(/^accept +1 +\d+\.\d s +\d+\.\d s\nwait +1 /)
    const csv = await numbers('--csv')
    expect(csv.stdout).toContain(`${workspace},${workspace},accept,total,,1,`)
    expect(JSON.parse((await numbers('--json')).stdout)).toMatchObject({ timeZones: ['UTC'] })
  })
})
