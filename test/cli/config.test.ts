import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { connectNats } from '../../engine/nats/connect.ts'
import { startBareServer } from '../nats/bare-server.ts'
import { temporaryFolder } from '../nats-server/temporary-folder.ts'
import { startTestServer, type TestServer } from '../test-server.ts'
import { commandHost } from './command-host.ts'
import { ACME } from './frontdesk.ts'
import { uniqueId } from './running-system.ts'

const frontdesk = commandHost()

// No engine has ever run on this server: it can be configured before.
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const run = (args: string[], cwd?: string) =>
  frontdesk(['config', ...args], { env: { NATS_URL: server.url }, ...(cwd && { cwd }) })

async function files(contents: Record<string, unknown>): Promise<string> {
  const folder = await temporaryFolder()
  for (const [name, content] of Object.entries(contents))
    await writeFile(
      join(folder, name),
      typeof content === 'string' ? content : JSON.stringify(content, null, 2),
    )
  return folder
}

const open = (id: string) => ({ id, timeZone: 'Europe/Paris', intervals: [{ start: 1980, end: 2460 }] })

describe('config apply', () => {
  it('takes the example folder, and a second time changes nothing', async () => {
    const keys = [
      'schedule.paris',
      'schedule.support-line',
      'bot.assistant',
      'channel.help',
      'channel.mobile',
      'channel.web',
    ]
    const first = await run(['apply', ACME])
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' })
    expect(first.stdout.replaceAll('unchanged', 'applied')).toBe(
      keys.map((key) => `${key} applied\n`).join(''),
    )
    const second = await run(['apply', ACME])
    expect(second.stdout).toBe(keys.map((key) => `${key} unchanged\n`).join(''))
  })

  it('reads one object, a list, and several YAML documents', async () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(uniqueId) as [string, string, string, string]
    const folder = await files({
      'one.json': { kind: 'channel', id: a },
      'list.yml': `- id: ${b}\n  schedule: ${c}\n- ${JSON.stringify(open(c))}\n`,
      'documents.yaml': `# First\n---\n# nothing but a comment\n---\nid: ${d}\n---\n`,
      '.hidden.json': 'no JSON',
      'readme.md': 'no configuration',
    })
    const { code, stdout, stderr } = await run(['apply', '.'], folder)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n').filter(Boolean).sort()).toEqual(
      [`channel.${a}`, `channel.${b}`, `channel.${d}`, `schedule.${c}`].map((key) => `${key} applied`).sort(),
    )
    // As it was given, less its kind.
    expect(JSON.parse((await run(['get', 'channel', a])).stdout)).toEqual({ id: a })
  })

  it('applies nothing if anything is wrong, and lists all problems', async () => {
    const [good, bad, schedule] = ['good', 'bad', 'schedule'].map(uniqueId) as [string, string, string]
    const folder = await files({
      'a.json': [{ id: good }, { id: bad, timeouts: { unanswered: '2m' } }],
      'b.yaml': `timeZone: Mars/Olympus\nid: ${schedule}\nintervals: [{start: 100, end: 50}]\n`,
      'c.yaml': 'a: [1\n',
      'd.json': '{"id": ',
      'e.json': [{ kind: 'frog', id: 'x' }, 7],
      'f.json': { id: good },
    })
    const { code, stdout, stderr } = await run(['apply', '.'], folder)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    const lines = stderr.trimEnd().split('\n')
    const starts = [
      'c.yaml: is not valid YAML',
      'd.json: is not valid JSON',
      'a.json[1]: timeouts.unanswered: must be an ISO 8601 duration',
      'b.yaml[0]: timeZone: must be a zone',
      'b.yaml[0]: intervals.0.end: must be after start',
      'e.json[0]: kind: there is no kind "frog"',
      'e.json[1]: must be an object',
      `f.json[0]: id: channel.${good} is in a.json[0] already`,
      'frontdesk: nothing was applied: 8 problems',
    ]
    for (const start of starts)
      expect(
        lines.some((line) => line.startsWith(start)),
        start,
      ).toBe(true)
    expect(lines).toHaveLength(starts.length)
    expect((await run(['get', 'channel', good])).code).toBe(1)
  })

  it('refuses unknown fields, at any depth: a holiday that comes back each year is not passed over', async () => {
    const holiday = '{startDate: 2026-12-25, endDate: 2026-12-25, recurring: true}'
    const folder = await files({
      'c.yaml': `id: ${uniqueId('c')}\nduringHours: {firstMesage: Hi}\n`,
      's.yaml': `id: ${uniqueId('s')}\ntimeZone: UTC\nintervals: []\nholidays: [${holiday}]\n`,
    })
    const { code, stdout, stderr } = await run(['apply', '.'], folder)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('duringHours.firstMesage: Unrecognized key: "firstMesage"')
    expect(stderr).toContain('holidays.0.recurring: Unrecognized key: "recurring"')
  })

  it('warns of dangling references, and applies', async () => {
    const id = uniqueId('c')
    const folder = await files({ 'c.yaml': `id: ${id}\nschedule: nowhere\n` })
    const { code, stdout, stderr } = await run(['apply', './c.yaml'], folder)
    expect(code).toBe(0)
    expect(stdout).toBe(`channel.${id} applied\n`)
    expect(stderr).toContain(`warning: channel.${id}: there is no schedule nowhere`)
  })

  it('names the answer and the step in which a bot is wrong', async () => {
    const bot = uniqueId('b')
    const folder = await files({
      'bot.yaml': `id: ${bot}
answers:
  - id: welcome
    steps:
      - { type: message, name: hello, text: 'Hi {{variables.nobody}}' }
      - { type: options, name: topic, text: 'What is it?', options: [{ label: Orders, goTo: orders }] }
`,
      'channel.yaml': `id: ${uniqueId('c')}\nbot: ${bot}\n`,
    })
    const { code, stdout, stderr } = await run(['apply', '.'], folder)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /^bot\.yaml\[0\]: .*answer "welcome", step "hello": there is no variable "nobody"/m,
    )
    expect(stderr).toMatch(/^bot\.yaml\[0\]: .*answer "welcome", step "topic": .*orders/m)
    expect(stderr).toMatch(/nothing was applied: 2 problems\n$/)
  })

  it('warns if a channel’s bot or a bot’s schedule is missing, but not about a custom machine', async () => {
    const [channel, bot, own] = [uniqueId('c'), uniqueId('b'), uniqueId('o')]
    const answer = {
      id: 'welcome',
      steps: [{ type: 'hours', name: 'when', schedule: 'nowhere', open: 'bye', closed: 'bye' }],
    }
    const bye = { id: 'bye', steps: [{ type: 'end' }] }
    const folder = await files({
      'x.json': [
        { id: channel, bot: 'nobody' },
        { kind: 'bot', id: bot, answers: [answer, bye] },
        { kind: 'bot', id: own, machine: 'of-a-developer' },
      ],
    })
    const { code, stdout, stderr } = await run(['apply', './x.json'], folder)
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `bot.${bot} applied\nbot.${own} applied\nchannel.${channel} applied\n`,
    })
    expect(stderr.trimEnd().split('\n')).toEqual([
      `frontdesk: warning: channel.${channel}: there is no bot nobody; until there is, the channel works without it`,
      `frontdesk: warning: bot.${bot}: there is no schedule nowhere; until there is, the bot counts it as open`,
    ])
  })

  it.each(['missing.yaml', '.', './notes.txt'])(
    'says in one line that there is nothing in %s',
    async (path) => {
      const folder = await files({ 'notes.txt': 'x' })
      const { code, stdout, stderr } = await run(['apply', path], folder)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^frontdesk: .*\n$/)
    },
  )
})

describe('config get', () => {
  it('prints one, all of a kind, and all, which can be applied again', async () => {
    const [a, s] = [uniqueId('a'), uniqueId('s')]
    const folder = await files({ 'a.json': [{ id: a, name: 'José' }, open(s)] })
    await run(['apply', './a.json'], folder)

    expect(JSON.parse((await run(['get', 'channel', a])).stdout)).toEqual({ id: a, name: 'José' })
    expect(parse((await run(['get', 'schedule', s, '--yaml'])).stdout)).toEqual(open(s))
    expect(JSON.parse((await run(['get', 'schedule'])).stdout)).toContainEqual(open(s))
    const all = await run(['get'])
    expect(JSON.parse(all.stdout)).toContainEqual({ kind: 'channel', id: a, name: 'José' })
    await writeFile(join(folder, 'all.json'), all.stdout)
    const again = await run(['apply', './all.json'], folder)
    expect(again.stdout).toContain(`channel.${a} unchanged\n`)
  })

  it('prints a bot that can be applied again, whole', async () => {
    await run(['apply', ACME])
    const { stdout } = await run(['get', 'bot', 'assistant', '--yaml'])
    const bot = parse(stdout)
    expect(bot.answers.map(({ id }: { id: string }) => id)).toContain('person')
    const folder = await files({ 'assistant.yaml': stdout })
    expect((await run(['apply', './assistant.yaml'], folder)).stdout).toBe('bot.assistant unchanged\n')
    expect(JSON.parse((await run(['get', 'bot'])).stdout)).toContainEqual(bot)
  })

  it('fails if there is none', async () => {
    const { code, stdout, stderr } = await run(['get', 'channel', 'nobody'])
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'frontdesk: there is no channel nobody\n',
    })
  })
})

describe('config delete', () => {
  it('warns about documents that still use it, and deletes it', async () => {
    const [c, s] = [uniqueId('c'), uniqueId('s')]
    const folder = await files({ 'x.json': [{ id: c, schedule: s }, open(s)] })
    await run(['apply', './x.json'], folder)
    const { code, stdout, stderr } = await run(['delete', 'schedule', s])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `schedule.${s} deleted\n` })
    expect(stderr).toBe(`frontdesk: warning: schedule.${s} is in use by channel.${c}\n`)
    expect((await run(['get', 'schedule', s])).code).toBe(1)
    expect((await run(['delete', 'schedule', s])).stderr).toBe(`frontdesk: there is no schedule ${s}\n`)
  })
})

describe('config delete with bots', () => {
  it('names the channels that use a bot, and the bots that ask for a schedule', async () => {
    const [c, b, s] = [uniqueId('c'), uniqueId('b'), uniqueId('s')]
    const answers = [
      { id: 'a', steps: [{ type: 'hours', schedule: s, open: 'b', closed: 'b' }] },
      { id: 'b', steps: [{ type: 'end' }] },
    ]
    const folder = await files({ 'x.json': [{ id: c, schedule: s, bot: b }, open(s), { id: b, answers }] })
    await run(['apply', './x.json'], folder)
    expect(await run(['delete', 'schedule', s])).toEqual({
      code: 0,
      stdout: `schedule.${s} deleted\n`,
      stderr: `frontdesk: warning: schedule.${s} is in use by channel.${c}, bot.${b}\n`,
    })
    expect(await run(['delete', 'bot', b])).toEqual({
      code: 0,
      stdout: `bot.${b} deleted\n`,
      stderr: `frontdesk: warning: bot.${b} is in use by channel.${c}\n`,
    })
    expect((await run(['get', 'bot', b])).code).toBe(1)
  })
})

describe('config with workspaces', () => {
  it('applies one, warns of what it refers to, and names it where that is deleted', async () => {
    const [w, other, s] = [uniqueId('w'), uniqueId('o'), uniqueId('s')]
    const main = { kind: 'workspace', id: w, schedule: s, overflow: { workspace: other } }
    expect(await run(['apply', './x.json'], await files({ 'x.json': main }))).toEqual({
      code: 0,
      stdout: `workspace.${w} applied\n`,
      stderr: [
        `frontdesk: warning: workspace.${w}: there is no schedule ${s}; until there is, the workspace counts it as open`,
        `frontdesk: warning: workspace.${w}: there is no workspace ${other}; until there is, the workspace moves requests there all the same`,
        '',
      ].join('\n'),
    })
    const { kind: _, ...stored } = main
    expect(JSON.parse((await run(['get', 'workspace', w])).stdout)).toEqual(stored)
    await run(['apply', './x.json'], await files({ 'x.json': [open(s), { id: other, capacity: 2 }] }))
    for (const [kind, id] of [
      ['schedule', s],
      ['workspace', other],
    ] as const)
      expect((await run(['delete', kind, id])).stderr).toBe(
        `frontdesk: warning: ${kind}.${id} is in use by workspace.${w}\n`,
      )
  })
})

describe('config with calendars', () => {
  it('warns of one that is missing, counts with it at once, and names its schedules where it is deleted', async () => {
    const [c, s] = [uniqueId('c'), uniqueId('s')]
    const christmas = { id: c, holidays: [{ startDate: '2020-12-25', endDate: '2020-12-25', yearly: true }] }
    const folder = await files({
      'schedule.yaml': JSON.stringify({ ...open(s), holidays: `calendar.${c}` }),
      'calendar.json': christmas,
    })
    const both = await files({ 'a.json': { ...open(s), holidays: [`calendar.${c}`] }, 'b.json': christmas })
    expect(await run(['apply', './schedule.yaml'], folder)).toEqual({
      code: 0,
      stdout: `schedule.${s} applied\n`,
      stderr: `frontdesk: warning: schedule.${s}: there is no calendar ${c}; until there is, the schedule has none of its holidays\n`,
    })
    const hours = async (schedule: string) => {
      const { stdout, stderr } = await frontdesk(['hours', schedule, '--at', '2028-12-25T10:00Z'], {
        env: { NATS_URL: server.url },
        cwd: folder,
      })
      return { open: JSON.parse(stdout).open, isWarned: stderr.includes(`there is no calendar ${c}`) }
    }
    expect(await hours(s)).toEqual({ open: true, isWarned: true })
    expect(await hours('./schedule.yaml')).toEqual({ open: true, isWarned: true })
    expect(await hours(both)).toEqual({ open: false, isWarned: false })
    expect((await run(['apply', './calendar.json'], folder)).stdout).toBe(`calendar.${c} applied\n`)
    expect(await hours(s)).toEqual({ open: false, isWarned: false })
    expect(await run(['delete', 'calendar', c])).toEqual({
      code: 0,
      stdout: `calendar.${c} deleted\n`,
      stderr: `frontdesk: warning: calendar.${c} is in use by schedule.${s}\n`,
    })
  })
})

describe('config with --dry-run', () => {
  const dry = 'frontdesk: --dry-run: nothing was written\n'

  it('says which documents apply would create, change or leave, field by field, and writes nothing', async () => {
    const [a, b, s] = [uniqueId('a'), uniqueId('b'), uniqueId('s')]
    const first = await files({
      'x.json': [{ id: a, name: 'Old', duringHours: { firstMessage: 'Hi' } }, open(s)],
    })
    await run(['apply', './x.json'], first)
    const before = (await run(['get'])).stdout
    const second = await files({
      'x.json': [{ id: a, name: 'New\u202e', locale: 'fr' }, open(s), { id: b, schedule: s }],
    })
    expect(await run(['apply', './x.json', '--dry-run'], second)).toEqual({
      code: 0,
      stdout: [
        `schedule.${s} unchanged`,
        `channel.${a} changed`,
        '  name: "Old" → "New\\u202e"',
        '  duringHours: {"firstMessage":"Hi"} → nothing',
        '  locale: nothing → "fr"',
        `channel.${b} created`,
        '',
      ].join('\n'),
      stderr: dry,
    })
    expect((await run(['get'])).stdout).toBe(before)
    expect((await run(['apply', './x.json'], second)).stdout).toContain(`channel.${b} applied\n`)
  })

  it('says what delete would delete, and deletes nothing', async () => {
    const [c, s] = [uniqueId('c'), uniqueId('s')]
    await run(['apply', './x.json'], await files({ 'x.json': [{ id: c, schedule: s }, open(s)] }))
    expect(await run(['delete', 'schedule', s, '--dry-run'])).toEqual({
      code: 0,
      stdout: `schedule.${s} deleted\n`,
      stderr: `frontdesk: warning: schedule.${s} is in use by channel.${c}\n${dry}`,
    })
    expect((await run(['get', 'schedule', s])).code).toBe(0)
    expect((await run(['delete', 'schedule', uniqueId('n'), '--dry-run'])).code).toBe(1)
  })

  it('creates nothing in a NATS on which frontdesk has never run', async () => {
    const bare = await startBareServer(await temporaryFolder())
    try {
      const folder = await files({ 'x.json': { id: 'web' } })
      const env = { NATS_URL: bare.url }
      const applied = await frontdesk(['config', 'apply', './x.json', '--dry-run'], { env, cwd: folder })
      expect(applied).toEqual({ code: 0, stdout: 'channel.web created\n', stderr: dry })
      const nats = await connectNats(bare.url, 'test')
      const streams = await nats.jsm.streams.list().next()
      await nats.close()
      expect(streams).toEqual([])
    } finally {
      await bare.stop()
    }
  })

  it.each([
    ['get', '--dry-run'],
    ['apply', '.', '--yaml'],
    ['delete', 'channel', 'web', '--yaml'],
  ])('is refused where it means nothing: config %s %s', async (...args) => {
    expect((await run(args)).code).toBe(2)
  })
})

describe('config import', () => {
  const response = {
    schedules: [
      {
        id: 1,
        name: 'Zendesk hours',
        time_zone: 'Pacific Time (US & Canada)',
        intervals: [{ start_time: 1980, end_time: 3900 }],
      },
    ],
  }

  it('takes a Zendesk response, with warnings', async () => {
    const folder = await files({ 'z.json': response })
    const dry = await run(['import', 'zendesk-schedules', 'z.json', '--dry-run', '--yaml'], folder)
    expect(dry.code).toBe(0)
    expect(parse(dry.stdout)).toEqual([
      {
        kind: 'schedule',
        id: 'zendesk-hours',
        name: 'Zendesk hours',
        timeZone: 'America/Los_Angeles',
        intervals: [
          { start: 1980, end: 2880 },
          { start: 2880, end: 3900 },
        ],
      },
    ])
    expect(dry.stderr).toMatch(/^frontdesk: warning: .*spans several days.*\n$/)

    const shown = await run(['import', 'zendesk-schedules', 'z.json', '--dry-run'], folder)
    expect(shown.stdout).toMatch(/^schedule\.zendesk-hours (created|unchanged)\n$/)
    const { code, stdout } = await run(['import', 'zendesk-schedules', 'z.json'], folder)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^schedule\.zendesk-hours (applied|unchanged)\n$/)
    const hours = await frontdesk(['hours', 'zendesk-hours', '--at', '2026-06-08T15:59:59.999Z'], {
      env: { NATS_URL: server.url },
    })
    expect(JSON.parse(hours.stdout)).toMatchObject({ open: false, nextOpen: '2026-06-08T16:00:00.000Z' })
  })

  it('takes an iCalendar file, with warnings by its lines, under an id and a name', async () => {
    const event = (...lines: string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']
    const ics = [
      'BEGIN:VCALENDAR',
      'X-WR-CALNAME:Holidays in France',
      ...event('DTSTART;VALUE=DATE:20261225', 'SUMMARY:Noël', 'RRULE:FREQ=YEARLY'),
      ...event('DTSTART:20261224T140000', 'DTEND:20261224T180000', 'SUMMARY:Eve'),
      'END:VCALENDAR',
    ]
    const folder = await files({ 'fr.ics': ics.join('\r\n'), 'no.ics': 'no calendar' })
    const noel = { name: 'Noël', startDate: '2026-12-25', endDate: '2026-12-25', yearly: true }
    const dry = await run(['import', 'ics', 'fr.ics', '--dry-run', '--yaml'], folder)
    expect(parse(dry.stdout)).toEqual({
      kind: 'calendar',
      id: 'holidays-in-france',
      name: 'Holidays in France',
      holidays: [noel],
    })
    expect(dry.stderr).toContain(
      'frontdesk: warning: fr.ics:8: "Eve" is not whole days, but from 2026-12-24 14:00 to 2026-12-24 18:00: left out',
    )
    const id = uniqueId('c')
    const named = ['--id', id, '--name', 'France']
    expect((await run(['import', 'ics', 'fr.ics', ...named, '--dry-run'], folder)).stdout).toBe(
      `calendar.${id} created\n`,
    )
    expect((await run(['import', 'ics', 'fr.ics', ...named], folder)).stdout).toBe(`calendar.${id} applied\n`)
    expect(JSON.parse((await run(['get', 'calendar', id])).stdout)).toEqual({
      id,
      name: 'France',
      holidays: [noel],
    })
    expect(await run(['import', 'ics', 'no.ics'], folder)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'frontdesk: no.ics: is not an iCalendar file: it must have a line BEGIN:VCALENDAR\n',
    })
    expect((await run(['import', 'zendesk-schedules', 'z.json', '--id', 'a'])).code).toBe(2)
  })

  it('writes nothing where a schedule cannot be imported, and names it', async () => {
    const night = { id: 2, name: 'Night', time_zone: 'Atlantis', intervals: [] }
    const folder = await files({ 'z.json': { schedules: [...response.schedules, night] } })
    const { code, stdout, stderr } = await run(['import', 'zendesk-schedules', 'z.json'], folder)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^frontdesk: schedule "Night": schedules\.1\.time_zone: must be a time zone.*\n$/)
  })

  it('explains each problem in one line', async () => {
    const folder = await files({ 'z.json': { schedule: {} }, 'n.json': 'no' })
    for (const file of ['z.json', 'n.json', 'm.json']) {
      const { code, stderr } = await run(['import', 'zendesk-schedules', file], folder)
      expect(code).toBe(1)
      expect(stderr).toMatch(/^frontdesk: .*\n$/)
    }
    expect((await run(['import', 'intercom', 'z.json'], folder)).code).toBe(2)
  })
})
