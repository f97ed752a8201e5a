import { describe, expect, it } from 'vitest'
import { Bucket } from '../../engine/nats/bucket.ts'
import { flowOf, message, options } from '../bots/flow.ts'
import { eventually, runningSystem, uniqueId } from './running-system.ts'

const system = runningSystem()

const details = {
  customerDetails: [
    'name',
    'email',
    { id: 'product', label: 'Product', type: 'select', options: ['Anvil', 'Rocket'] },
  ],
}

/** A channel with a workspace of its own: other tests’ requests are not in its list. */
async function channel(configured: object = {}): Promise<{ id: string; workspace: string }> {
  const [id, workspace] = [uniqueId('channel'), uniqueId('workspace')]
  await system.configure(`channel.${id}`, { id, workspace, ...configured })
  return { id, workspace }
}

describe('a customer and an agent', () => {
  it('talk from the first message to the end', async () => {
    const { id, workspace } = await channel({ duringHours: details })
    const conversation = uniqueId('story')
    const desk = system.start(['desk', workspace, '--agent', 'ana', '--name', 'Ana'])
    await desk.prints('Nobody waits')

    const chat = system.start(['chat', id, '--conversation', conversation])
    await chat.prints('Bot: Hi! How can we help?')
    chat.line('My anvil is broken')
    await chat.prints('Bot: Please tell us how to reach you: [Name, Email, Product]')
    chat.line('José')
    chat.line('josé@example.com')
    await chat.prints('1) Anvil\n  2) Rocket')
    chat.line('3')
    await chat.prints('* Please choose one of these.')
    chat.line('1')
    // Only what was refused is asked again, and the reason is in words.
    await chat.prints('* Email: Only A to Z here: an e-mail address has no accents.')
    chat.line('jose@example.com')
    await chat.prints('Bot: Thanks José, an agent will be with you shortly.')

    await desk.prints(/new {3}1 {2}now {2}José <jose@example\.com> {2}\S+ {2}“My anvil is broken”/)
    desk.line('1')
    await chat.prints('* Ana has joined.')
    await desk.prints('Customer: My anvil is broken')
    await desk.prints('product: Anvil')
    desk.line('Hello José')
    await chat.prints('Ana: Hello José')
    chat.line('//end is what I meant, {{customer.name}}')
    await desk.prints('Customer: /end is what I meant, {{customer.name}}')
    desk.line('/end')
    await chat.prints('* The agent has ended the conversation.')
    expect((await chat.ended).code).toBe(0)
    await desk.prints('* You have ended the conversation.')
    desk.child.stdin.end()
    expect((await desk.ended).code).toBe(0)
  })

  it('meet through a bot: options by number, a form, and tags', async () => {
    const bot = uniqueId('bot')
    const flow = flowOf(
      {
        welcome: [options('What is it about?', { 'My order': 'order', 'A person': 'person' })],
        order: [
          { type: 'details', fields: ['email', { id: 'order', label: 'Order number', type: 'text' }] },
          message('Order {{details.order}} is under way.'),
          { type: 'resolved', no: 'person' },
        ],
        person: [{ type: 'transfer', tags: ['orders', 'sent\u001b[2J late'] }],
      },
      { id: bot },
    )
    await system.configure(`bot.${bot}`, flow)
    const { id, workspace } = await channel({ bot })
    const desk = system.start(['desk', workspace, '--agent', 'ana'])
    await desk.prints('Nobody waits')

    const chat = system.start(['chat', id])
    await chat.prints('1) My order\n  2) A person')
    chat.line('1')
    await chat.prints('[Email, Order number]')
    chat.line('josé@example.com')
    chat.line('4711')
    await chat.prints('* Email: Only A to Z here: an e-mail address has no accents.')
    chat.line('jose@example.com')
    await chat.prints('Bot: Order 4711 is under way.')
    await chat.prints('2) No')
    chat.line('2')
    await chat.prints('Bot: Thanks, an agent will be with you shortly.')
    await desk.prints(/new {3}1 {2}now {2}jose@example\.com {2}\S+ {2}“My order” {2}\[orders\] \[sent late\]/)
    desk.line('1')
    await desk.prints('* Tags: orders, sent late')
    await desk.prints('* order: 4711')
    chat.line('2')
    await desk.prints('Customer: 2')
    desk.line('/end')
    expect((await chat.ended).code).toBe(0)
    desk.child.stdin.end()
    await desk.ended
  })

  it('work as scripts', async () => {
    const { id, workspace } = await channel()
    const conversation = uniqueId('script')
    const desk = system.start(['desk', workspace, '--agent', 'ana'])
    // It picks what has not come yet.
    desk.child.stdin.end('1\nHello\n/end\n')
    const chat = await system.run(['chat', id, '--conversation', conversation, '--locale', 'fr'], 'Bonjour\n')
    expect(chat.code).toBe(0)
    expect(chat.stdout).toMatch(/^Bot: Bonjour\s! .*\nVous: Bonjour\nBot: Merci, un agent va vous répondre/)
    const { code, stdout } = await desk.ended
    expect(code).toBe(0)
    expect(stdout).toContain('You: Hello')
    expect(stdout).toContain('You have ended the conversation.')

    const back = await system.run(['chat', id, '--conversation', conversation])
    expect(back.code).toBe(1)
    expect(back.stdout).toContain('ana: Hello')
    expect(back.stderr).toContain('This conversation has ended')
  })

  it('come back to a conversation, and to its open form', async () => {
    const { id } = await channel({ locale: 'fr', duringHours: { customerDetails: ['email'] } })
    const conversation = uniqueId('back')
    await system.run(['chat', id, '--conversation', conversation], 'Mon patin est cassé\n')
    const { code, stdout } = await system.run(
      ['chat', id, '--conversation', conversation],
      'marié@x.fr\nmarie@x.fr\n/end\n',
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(
      new RegExp(
        '^Bot: Bonjour\\s! .*\\nVous: Mon patin est cassé\\nBot: Dites-nous .*\\[E-mail\\]\\n' +
          '\\* E-mail: Uniquement les lettres A à Z.*\\nBot: Merci, .*\\n\\* Vous avez mis fin.*\\n$',
      ),
    )
  })

  it('learn who accepted the request', async () => {
    const { id, workspace } = await channel()
    await system.run(['chat', id], 'Help\n')
    const [ana, bob] = ['ana', 'bob'].map((agent) => system.start(['desk', workspace, '--agent', agent])) as [
      ReturnType<typeof system.start>,
      ReturnType<typeof system.start>,
    ]
    await Promise.all([ana.prints('“Help”'), bob.prints('“Help”')])
    ana.line('1')
    await ana.prints('Customer: Help')
    await bob.prints('* 1 was accepted by ana.')
    bob.line('1')
    await bob.prints('* ana has accepted this request already.')
    ana.line('/release lunch')
    await ana.prints('* Back in the queue.')
    await bob.prints(/back {3}1 {2}/)
    bob.line('1')
    await bob.prints('* bob has joined.')
    for (const desk of [ana, bob]) desk.child.stdin.end()
    expect((await ana.ended).code).toBe(0)
    expect((await bob.ended).code).toBe(0)

    const later = await system.run(['desk', workspace, '--agent', 'bob'])
    expect(later.stdout).toMatch(/Nobody waits in .*\nYours:\n {2}1 {2}.*“Help”/)
  })

  it('are joined by colleagues, who take over, note and transfer', async () => {
    const { id, workspace } = await channel()
    const elsewhere = uniqueId('workspace')
    const told: { agent: { id: string }; state: string }[] = []
    system.nats().connection.subscribe(`frontdesk.desk.${workspace}`, {
      callback: (_, message) => void told.push(message.json()),
    })
    const customer = system.start(['chat', id])
    await customer.prints('Bot: Hi!')
    customer.line('Help')
    const [ana, bob] = ['ana', 'bob'].map((agent) => system.start(['desk', workspace, '--agent', agent])) as [
      ReturnType<typeof system.start>,
      ReturnType<typeof system.start>,
    ]
    await Promise.all([ana.prints('“Help”'), bob.prints('“Help”')])
    ana.line('1')
    await bob.prints('* 1 was accepted by ana.')
    ana.line('/note owes us money')
    await ana.prints('ana (note): owes us money')
    bob.line('/list')
    await bob.prints(/With colleagues:\n {2}1 {2}.*with ana/)
    bob.line('1')
    await bob.prints('* ana has accepted this request already.')
    bob.line('/take 1')
    await bob.prints('ana (note): owes us money')
    await ana.prints('* bob has it now.')
    await customer.prints('* bob has joined.')
    bob.line('/transfer #a.b')
    await bob.prints('/transfer and an agent’s id')
    bob.line('/transfer ana she knows more')
    await bob.prints('bob (note): she knows more')
    await bob.prints('* Back in the queue.')
    await ana.prints(/for you {3}1 {2}.*offered to ana/)
    bob.line('1')
    await bob.prints('* This request is offered to ana.')
    ana.line('1')
    await ana.prints('* ana has joined.\n')
    const replies = new Bucket(system.nats(), 'configuration')
    const reply = { id: uniqueId('reply'), workspace, title: 'Thanks', shortcut: 'ty' }
    const text = { en: 'Thank you{{customer.name}}, says {{agent.name}}', fr: 'Merci' }
    await replies.put(`reply.${reply.id}`, JSON.stringify({ ...reply, text }))
    ana.line('/reply nobodys')
    await ana.prints('* There is no such saved reply.')
    ana.line('/reply than')
    await ana.prints('* /reply ty  Thanks')
    ana.line('/reply TY')
    await customer.prints('Thank you, says ana')
    ana.line(`/transfer #${elsewhere}`)
    await ana.prints('* Back in the queue.')
    const other = system.start(['desk', elsewhere, '--agent', 'cho'])
    await other.prints('“Help”')
    customer.child.stdin.end()
    const { stdout } = await customer.ended
    expect(stdout).not.toMatch(/note|money|knows/)
    for (const desk of [ana, bob, other]) {
      desk.child.stdin.end()
      expect((await desk.ended).code).toBe(0)
    }
    for (const agent of ['ana', 'bob'])
      await eventually(
        async () => told.filter((one) => one.agent.id === agent).map(({ state }) => state),
        (states) => states[0] === 'online' && states.at(-1) === 'gone',
      )
  })

  it('read texts without control characters', async () => {
    const { id, workspace } = await channel()
    const conversation = uniqueId('escape')
    const evil = '\u001b[31mred\u001b]0;title\u0007 \u202ereversed\u0000'
    const started = { channel: id, customer: { externalId: 'x', name: `Mallory\u001b[2J\nAna` } }
    await system.publish(`${conversation}.session.started`, JSON.stringify(started))
    const text = `${evil}\n[2026-01-01T00:00:00.000Z] Ana: I owe you money`
    await system.publish(`${conversation}.session.message`, JSON.stringify({ text }))
    const desk = system.start(['desk', workspace])
    await desk.prints('Mallory Ana')
    desk.line('1')
    await desk.prints('Customer: red reversed')
    desk.child.stdin.end()
    const transcript = await system.run(['transcript', conversation])
    for (const shown of [(await desk.ended).stdout, transcript.stdout]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
      // A line of a customer's own cannot pass for somebody else's.
      expect(shown).not.toMatch(/^\[2026-01-01/m)
    }
  })

  it('asks an identified customer fewer questions', async () => {
    const { id, workspace } = await channel({ duringHours: { customerDetails: ['name', 'email'] } })
    const args = ['chat', id, '--external-id', '4711', '--name', 'José', '--email', 'jose@example.com']
    const { stdout } = await system.run(args, 'Hello\n')
    expect(stdout).toContain('Bot: Thanks José,')
    const desk = await eventually(
      () => system.run(['desk', workspace]),
      ({ stdout }) => stdout.includes('José'),
    )
    expect(desk.stdout).toContain('José <jose@example.com>')
  })

  it('explains an unknown command', async () => {
    const { workspace } = await channel()
    const running = system.start(['desk', workspace])
    running.line('/nonsense')
    await running.prints('* A number picks a request')
    running.line('/quit')
    expect((await running.ended).code).toBe(0)
  })
})
