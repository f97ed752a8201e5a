import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

// Tests the tests: each of these faults, planted into a copy of the sources, makes one of the interleavings fail.

const project = fileURLToPath(new URL('../..', import.meta.url))
const timeoutMs = 300_000

const copies: string[] = []
afterAll(() => Promise.all(copies.map((copy) => rm(copy, { recursive: true, force: true }))))

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: lines of the sources
const faults = [
  {
    fault: 'a record above the cursor is not performed again',
    file: 'engine/apply.ts',
    from: 'record && record.event.seq > deps.dealtWith()',
    to: 'record && record.event.seq > Number.POSITIVE_INFINITY',
    caughtBy: 'after two successors, the effects are performed and no event is applied twice',
  },
  {
    fault: 'the cursor passes an event before its effects are performed',
    file: 'engine/apply.ts',
    from: 'return performAll(deps, effectsOf(id, sequence, record), pending)',
    to: 'return void performAll(deps, effectsOf(id, sequence, record), pending).catch(() => {})',
    caughtBy: 'after two successors, the effects are performed and no event is applied twice',
  },
  {
    fault: 'the cursor passes an event before its wake-up is armed',
    file: 'engine/in-order.ts',
    from: 'if (pending.length === 0) this.#finish(entry)',
    to: 'if (pending) this.#finish(entry)',
    caughtBy: 'a wake-up of an earlier record, which was not armed yet, is armed by the successor',
  },
  {
    fault: 'a record above the cursor is performed again without the wake-up of an earlier one',
    file: 'engine/apply.ts',
    from: 'effectsOf(id, sequence, record, true)',
    to: 'effectsOf(id, sequence, record)',
    caughtBy: 'a wake-up of an earlier record, which was not armed yet, is armed by the successor',
  },
  {
    fault: 'a wake-up’s subject does not name its generation',
    file: 'engine/nats/topology.ts',
    from: '`frontdesk.timer.${conversation}.${generation}`',
    to: '`frontdesk.timer.${conversation}.${generation && 1}`',
    caughtBy: 'the old wake-up that it arms when it wakes does not replace the newer one',
  },
  {
    fault: 'an event that was applied is not recognised',
    file: 'engine/core/decide.ts',
    from: "if (last && last.event.seq >= seq) return { kind: 'nothing' }",
    to: '',
    caughtBy: 'after two successors, the effects are performed and no event is applied twice',
  },
  {
    fault: 'a wake-up passes on an old view of its conversation',
    file: 'engine/apply.ts',
    from: '} else if (known.isLatest) {',
    to: '} else {',
    caughtBy: 'it reads from the leader before it skips the wake-up',
  },
]
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: lines of the sources

/** The copies need neither the build nor the other tests; the server to start is in the environment. */
const config =
  "export default { test: { include: ['test/engine/interleavings.test.ts'], testTimeout: 120_000 } }\n"

describe.concurrent('a planted fault is caught', () => {
  test('an unchanged copy passes', { timeout: timeoutMs }, async () => {
    const results = await runIn(await copyProject(), '')
    expect(results.length).toBeGreaterThan(faults.length)
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([])
  })

  test.each(faults)('$fault', { timeout: timeoutMs }, async ({ file, from, to, caughtBy }) => {
    const copy = await copyProject()
    const path = join(copy, file)
    const source = await readFile(path, 'utf8')
    expect(source.split(from), `${file} has the line that the fault is planted in, once`).toHaveLength(2)
    await writeFile(
      path,
      source.replace(from, () => to),
    )
    const results = await runIn(copy, caughtBy)
    expect(results.find(({ title }) => title === caughtBy)?.status).toBe('failed')
  })
})

async function copyProject(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'frontdesk-faults-'))
  copies.push(copy)
  for (const part of ['engine', 'schemas', 'workers', 'test', 'package.json', 'tsconfig.json'])
    await cp(join(project, part), join(copy, part), { recursive: true })
  await symlink(join(project, 'node_modules'), join(copy, 'node_modules'))
  await writeFile(join(copy, 'vitest.config.ts'), config)
  return copy
}

/** Runs the interleavings whose titles match in a copy of the project. */
async function runIn(copy: string, title: string): Promise<{ title: string; status: string }[]> {
  const report = join(copy, 'report.json')
  const vitest = join(project, 'node_modules/vitest/vitest.mjs')
  const args = ['run', '-t', title, '--reporter=json', `--outputFile=${report}`]
  await new Promise((resolve) => execFile(process.execPath, [vitest, ...args], { cwd: copy }, resolve))
  const { testResults } = JSON.parse(await readFile(report, 'utf8')) as {
    testResults: { assertionResults: { title: string; status: string }[] }[]
  }
  return testResults.flatMap(({ assertionResults }) => assertionResults)
}
