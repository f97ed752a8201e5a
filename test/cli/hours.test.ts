import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../nats-server/temporary-folder.ts'
import { commandHost } from './command-host.ts'
import { ACME, BIN, frontdesk, startFrontdesk } from './frontdesk.ts'

const hosted = commandHost()

const PARIS = `${ACME}/schedules.yaml#paris`

describe('hours of a file, without NATS', () => {
  it('answers in one line of JSON', async () => {
    const { code, stdout, stderr } = await hosted(['hours', PARIS, '--at', '2026-03-30T07:00Z'])
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^time zone data \d{4}[a-z]\n$/),
    })
    expect(stdout).toBe(
      '{"at":"2026-03-30T07:00:00.000Z","open":true,"nextOpen":"2026-03-30T07:00:00.000Z",' +
        '"nextClose":"2026-03-30T15:00:00.000Z"}\n',
    )
  })

  it.each(['UTC', 'America/Los_Angeles', 'Asia/Kolkata'])('is the same on a machine in %s', async (TZ) => {
    const { stdout } = await frontdesk(['hours', PARIS, '--at', '2026-12-24T12:00:00+01:00'], { env: { TZ } })
    expect(JSON.parse(stdout)).toEqual({
      at: '2026-12-24T11:00:00.000Z',
      open: false,
      nextOpen: '2027-01-04T08:00:00.000Z',
      nextClose: '2026-12-24T11:00:00.000Z',
    })
  })

  it('warns of zone data that is more than a year old', async () => {
    // A clock of four years later.
    const clock = 'const real = Date.now; Date.now = () => real() + 4 * 366 * 86_400_000'
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(clock)}`
    const { code, stderr } = await frontdesk(['hours', PARIS], { env: { NODE_OPTIONS } })
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /^time zone data \d{4}[a-z]\nfrontdesk: warning: the time zone data is of release .* old/,
    )
  })

  it('answers for now by default', async () => {
    const before = Date.now()
    const { at } = JSON.parse((await hosted(['hours', PARIS])).stdout)
    expect(Date.parse(at)).toBeGreaterThanOrEqual(before)
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now())
  })

  it('reads a file with one schedule, and asks to choose among several', async () => {
    const folder = await temporaryFolder()
    const always = { id: 'always', timeZone: 'UTC', intervals: [{ start: 0, end: 10080 }] }
    await writeFile(join(folder, 'one.json'), JSON.stringify(always))
    const at = '2026-06-05T15:00:00.000Z'
    const one = await hosted(['hours', './one.json', '--at', at], { cwd: folder })
    expect(JSON.parse(one.stdout)).toEqual({ at, open: true, nextOpen: at, nextClose: null })

    const several = await hosted(['hours', `${ACME}/schedules.yaml`])
    expect(several.code).toBe(1)
    expect(several.stderr).toContain('several schedules (paris, support-line)')
    const wrong = await hosted(['hours', `${ACME}/schedules.yaml#rome`])
    expect(wrong.stderr).toContain('has no schedule rome')
  })

  it.each([
    ['2026-06-05T15:00', 'has no zone'],
    ['2026-02-30T15:00Z', 'does not exist'],
    ['2026-06-05T25:00Z', 'does not exist'],
    ['yesterday', 'is not a time'],
  ])('refuses the time %s', async (at, words) => {
    const { code, stdout, stderr } = await hosted(['hours', PARIS, '--at', at])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
  })

  it('refuses a schedule that is none', async () => {
    const folder = await temporaryFolder()
    await writeFile(
      join(folder, 's.yaml'),
      'id: s\ntimeZone: Mars/Olympus\nintervals: [{start: 60, end: 30}]\n',
    )
    const { code, stderr } = await hosted(['hours', './s.yaml'], { cwd: folder })
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^frontdesk: .*timeZone: must be a zone.*intervals\.0\.end: must be after start\n$/,
    )
  })
})

describe('hours of many times', () => {
  it('answers a line each, as they come', async () => {
    const running = startFrontdesk(['hours', PARIS, '--at', '-'])
    running.line('2026-10-26T07:30Z')
    await running.prints('"at":"2026-10-26T07:30:00.000Z","open":false')
    running.line('2026-10-26T08:00:00.000Z\r')
    await running.prints('"at":"2026-10-26T08:00:00.000Z","open":true')
    running.child.stdin.end('2026-10-26T08:00:00+01:00')
    const { code, stdout } = await running.ended
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(3)
  })

  it('stops at a line that it cannot read, and names it', async () => {
    const input = '2026-10-26T07:30Z\n2026-10-26T08:00Z\nnever\n2026-10-26T09:00Z\n'
    const { code, stdout, stderr } = await hosted(['hours', PARIS, '--at', '-'], { input })
    expect(code).toBe(1)
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
    expect(stderr).toContain('\nfrontdesk: line 3: "never" is not a time such as 2026-06-05T15:00:00Z\n')
  })

  it('reads a hundred thousand in a few seconds', async () => {
    const start = Date.UTC(2026, 0, 1)
    const times = Array.from({ length: 100_000 }, (_, i) => new Date(start + i * 600_000).toISOString())
    const { code, stdout } = await frontdesk(['hours', PARIS, '--at', '-'], { input: times.join('\n') })
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(times.length)
  })

  it('ends quietly if its reader closes the pipe', async () => {
    const child = spawn(
      'sh',
      ['-c', `yes 2026-10-26T07:30Z | "${process.execPath}" "${BIN}" hours "${PARIS}" --at - | head -1`],
      { stdio: 'pipe' },
    )
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text) => {
      stdout += text
    })
    child.stderr.on('data', (text) => {
      stderr += text
    })
    await new Promise((resolve) => child.once('close', resolve))
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).not.toContain('frontdesk')
  })
})
