import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../nats-server/temporary-folder.ts'
import { commandHost } from './command-host.ts'
import { ACME } from './frontdesk.ts'
import { runningSystem } from './running-system.ts'

const frontdesk = commandHost()

const BOT = `${ACME}/assistant.yaml`
const SURVEY = fileURLToPath(new URL('../examples/survey', import.meta.url))

describe('diagram, without NATS', () => {
  it('draws a built-in machine as a light or dark SVG', async () => {
    const { code, stdout, stderr } = await frontdesk(['diagram', 'messagingResponse'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
    expect(stdout).toContain('prefers-color-scheme: dark')
    expect(stdout).toContain('data-state="messagingResponse.queued"')
    expect(stdout).toContain('data-arrow="messagingResponse.queued session.ended 0"')
    expect(stdout).toContain('<title id="title">messagingResponse</title>')
  })

  it('draws a bot in a file, in the format of the output’s name', async () => {
    const output = join(await temporaryFolder(), 'assistant.png')
    const { code, stdout, stderr } = await frontdesk(['diagram', BOT, '--output', output])
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
    const picture = await readFile(output)
    expect(picture.subarray(1, 4).toString()).toBe('PNG')
    expect(picture.readUInt32BE(16)).toBeGreaterThan(1000)
  })

  it('writes Mermaid', async () => {
    const { stdout } = await frontdesk(['diagram', `${BOT}#assistant`, '--mermaid'])
    expect(stdout).toMatch(/^stateDiagram-v2\n {2}state "bot#58;assistant" as s0 \{\n {4}\[\*\] --> s1\n/)
    expect(stdout).toContain('#63;')
  })

  it('draws a machine of one’s own, by its id and by its version', async () => {
    const env = { FRONTDESK_MACHINES: SURVEY }
    const latest = await frontdesk(['diagram', 'survey'], { env })
    expect(latest).toMatchObject({ code: 0, stderr: '' })
    const name = /<title id="title">survey<\/title>/
    expect(latest.stdout).toMatch(name)
    expect((await frontdesk(['diagram', 'survey@2'], { env })).stdout).toMatch(name)
    expect((await frontdesk(['diagram', 'externalBot@1'], { env })).stdout).toContain('botsTurn')
  })

  it('explains that the machine of a bot is missing', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'b.yaml'), 'kind: bot\nid: b\nmachine: survey\n')
    const { code, stderr } = await frontdesk(['diagram', './b.yaml'], { cwd: folder })
    expect(code).toBe(1)
    expect(stderr).toContain('bot b runs the machine survey, which is not here: FRONTDESK_MACHINES')
  })

  it.each([
    [[], 'diagram takes one machine or bot'],
    [['externalBot', '--svg', '--png'], '--svg and --png exclude each other'],
    [['externalBot', '--mermaid', '--dark'], 'has no colours'],
  ])('refuses %j', async (args, words) => {
    const { code, stdout, stderr } = await frontdesk(['diagram', ...args])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
  })

  it('explains the problem with a file', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'b.yaml'), 'kind: bot\nid: b\nanswers: []\n')
    const { code, stderr } = await frontdesk(['diagram', './b.yaml'], { cwd: folder })
    expect(code).toBe(1)
    expect(stderr).toContain('answers')
    expect((await frontdesk(['diagram', `${ACME}/schedules.yaml`])).stderr).toContain('has no bot')
  })
})

describe('diagram of a configured bot', () => {
  const system = runningSystem()

  it('draws it by its id, and names a missing one', async () => {
    expect((await system.run(['config', 'apply', ACME])).code).toBe(0)
    const { code, stdout } = await system.run(['diagram', 'assistant'])
    expect(code).toBe(0)
    expect(stdout).toContain('<title id="title">bot:assistant</title>')
    expect((await system.run(['diagram', 'bot:assistant'])).stdout).toBe(stdout)
    const missing = await system.run(['diagram', 'nobody'])
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('there is no machine or bot nobody; a file of that name is ./nobody')
  })
})
