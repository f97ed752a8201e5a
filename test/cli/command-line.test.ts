import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commands } from '../../workers/cli/commands.ts'
import { temporaryFolder } from '../nats-server/temporary-folder.ts'
import { commandHost } from './command-host.ts'
import { frontdesk } from './frontdesk.ts'

const hosted = commandHost()

describe('the command line', () => {
  it('lists all commands, in any folder', async () => {
    const { code, stdout, stderr } = await frontdesk(['--help'], { cwd: await temporaryFolder() })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const name of Object.keys(commands)) expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'))
    expect(stdout).toContain('FRONTDESK_PARTITIONS')
  })

  it.each(Object.keys(commands))('%s --help lists options, an example and variables', async (name) => {
    const { code, stdout, stderr } = await hosted([name, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`Usage: frontdesk ${name}`)
    expect(stdout).toContain('Options:')
    expect(stdout).toContain('Environment:')
    expect(stdout).toMatch(/^Examples?:/m)
  })

  it('prints its version', async () => {
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
    expect((await frontdesk(['--version'])).stdout).toBe(`${manifest.version}\n`)
  })

  it('works through a symbolic link, as npm makes them', async () => {
    const folder = await temporaryFolder()
    const link = join(folder, 'frontdesk.mjs')
    await symlink(new URL('../../workers/cli/frontdesk.mjs', import.meta.url), link)
    const { code, stdout } = await frontdesk(['--help'], { bin: link, cwd: folder })
    expect(code).toBe(0)
    expect(stdout).toContain('Commands:')
  })

  it.each([
    [['frob'], 'there is no command frob'],
    [['--frob'], 'no option --frob'],
    [['hours', '--frob', 'paris'], "Unknown option '--frob'"],
    [['hours'], 'hours takes one schedule'],
    [['numbers', '--days', '32'], '--days takes a number from 1 to 31'],
    [['numbers', '--csv', '--json'], '--csv and --json exclude each other'],
    [['hours', 'paris', '--at'], '--at'],
    [['config'], 'config needs to be told what to do'],
    [['config', 'frob'], 'config has no frob'],
    [['config', 'get', 'frog'], 'there is no kind frog'],
    [['transcript'], 'transcript takes one conversation'],
    [['transcript', 'a.b'], 'conversation: must be 1 to 64 characters'],
    [['transcript', 'c', '--json', '--markdown'], 'exclude each other'],
    [['deadletters', 'show', 'x'], 'show takes a dead letter’s sequence'],
    [['chat', '--name', 'José'], '--external-id'],
    [['start', 'now'], 'start takes no arguments'],
  ])('%j is refused in one line, with 2', async (args, words) => {
    const { code, stdout, stderr } = await hosted(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^frontdesk: .*see frontdesk .*--help\n$/)
    expect(stderr).toContain(words)
  })

  it.each([
    ['FRONTDESK_PARTITIONS', '0'],
    ['FRONTDESK_NATS_PORT', '70000'],
    ['FRONTDESK_REPLICAS', '2'],
    ['FRONTDESK_STRICT_CHANNELS', 'maybe'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s is refused in one line, with 2', async (name, value) => {
    const { code, stdout, stderr } = await hosted(['start'], { env: { [name]: value } })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^frontdesk: ${name}=${value} must be .*\\n$`))
  })

  it('does not repeat a password that it refuses', async () => {
    const { code, stderr } = await frontdesk(['engine'], { env: { NATS_URL: 'http://user:secret@host' } })
    expect(code).toBe(2)
    expect(stderr).toContain('NATS_URL must be a URL')
    expect(stderr).not.toContain('secret')
  })

  it.each(['engine', 'config get', 'chat', 'hours x'])(
    '%s says what to do where no NATS runs',
    async (line) => {
      const { code, stdout, stderr } = await frontdesk(line.split(' '), { cwd: await temporaryFolder() })
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^frontdesk: no NATS server runs for .*npm start.*NATS_URL.*\n$/)
    },
  )

  it('fails in one line if NATS cannot be reached, with a stack on request', async () => {
    const env = { NATS_URL: 'nats://user:secret@127.0.0.1:1' }
    const { code, stderr } = await frontdesk(['transcript', 'c'], { env })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^frontdesk: no NATS server could be reached at nats:\/\/127\.0\.0\.1:1: .*\n$/)
    const debugged = await frontdesk(['transcript', 'c'], { env: { ...env, LOG_LEVEL: 'debug' } })
    expect(debugged.stderr).toMatch(/\n\s+at /)
    expect(debugged.stderr).not.toContain('secret')
  })
})
