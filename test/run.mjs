import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Runs all tests but the long ones, as two runs of vitest at once: those in the browser need the processor, those of
 * the system mostly wait for kills and time-outs. Ends with the line `N passed, N failed[, N skipped]` of both.
 */
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const closing = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/

/** Passes the lines of a run on, and keeps its closing line back. */
function run(projects) {
  return new Promise((resolve, reject) => {
    const args = [
      vitest,
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      ...process.argv.slice(2),
    ]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let counts
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()
      for (const line of lines) {
        const found = closing.exec(line)
        if (found) counts = found.slice(1).map((count) => Number(count ?? 0))
        else process.stdout.write(`${line}\n`)
      }
    })
    child.on('error', reject)
    // A run that died before its closing line has failed.
    child.on('close', (code) => resolve(counts && (code === 0 || counts[1] > 0) ? counts : [0, 1, 0]))
  })
}

const runs = await Promise.all([run(['pure', 'system']), run(['browser'])])
const [passed, failed, skipped] = [0, 1, 2].map((n) => runs.reduce((sum, counts) => sum + counts[n], 0))
process.stdout.write(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`)
process.exitCode = failed === 0 ? 0 : 1
