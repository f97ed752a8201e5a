import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseAllDocuments } from 'yaml'

/* What Helm and systemd themselves say of the chart and the unit, on a machine that has them. */

const run = promisify(execFile)
const deploy = fileURLToPath(new URL('../../../workers/deploy/', import.meta.url))
const chart = `${deploy}helm`

async function isInstalled(program: string, ...args: string[]): Promise<boolean> {
  return await run(program, args).then(
    () => true,
    () => false,
  )
}

const helm = await isInstalled('helm', 'version')
const systemd = await isInstalled('systemd-analyze', '--version')
for (const [program, found] of Object.entries({ helm, 'systemd-analyze': systemd }))
  if (!found) process.stderr.write(`${program} is not installed: SKIPPED, which is not the same as passed\n`)

describe.skipIf(!helm)('helm', () => {
  const given = ['--set', 'secrets.existing=chat-secrets']
  const everything = [...given, '--set', 'mailer.replicas=2,mailer.inbound=true,gateway.ingress.enabled=true']
  const kindsOf = (manifests: string) =>
    parseAllDocuments(manifests)
      .map((document) => document.toJS() as { kind?: string } | null)
      .flatMap((object) => object?.kind ?? [])
      .sort()

  it('finds no fault in the chart', async () => {
    await run('helm', ['lint', '--strict', chart, ...everything])
  })

  it('renders it', async () => {
    const { stdout } = await run('helm', ['template', 'chat', chart, ...everything])
    expect(kindsOf(stdout)).toEqual([
      'ConfigMap',
      ...Array(5).fill('Deployment'),
      'Ingress',
      ...Array(5).fill('PodDisruptionBudget'),
      ...Array(2).fill('Service'),
    ])
  })

  it.each([
    ['without the URLs of NATS', [], 'secrets.values.NATS_URL is missing'],
    ['with an unknown value', [...given, '--set', 'engin.replicas=3'], 'engin'],
    ['with a setting that is no text', [...given, '--set', 'settings.FRONTDESK_PORT=8080'], 'FRONTDESK_PORT'],
  ])('refuses it %s', async (_, args, message) => {
    await expect(run('helm', ['template', 'chat', chart, ...args])).rejects.toThrow(message)
  })
})

describe.skipIf(!systemd)('systemd', () => {
  const unit = 'frontdesk@engine.service'
  function asInstance(): string {
    const folder = mkdtempSync(join(tmpdir(), 'frontdesk-unit-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    copyFileSync(`${deploy}systemd/frontdesk@.service`, join(folder, unit))
    return join(folder, unit)
  }

  it('finds no fault in the unit', async () => {
    expect(await run('systemd-analyze', ['verify', asInstance()])).toEqual({ stdout: '', stderr: '' })
  })

  it('says that it is exposed to little', async () => {
    await run('systemd-analyze', ['security', '--offline=true', '--threshold=20', asInstance()])
  })
})
