import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with the line `N passed, N failed[, N skipped]`, which continuous integration reads. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]) {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      const failedBefore = count.failed
      for (const test of module.children.allTests()) count[test.result().state]++
      // A file that fails before its first test, by itself or in `beforeAll`, has no failed test to count.
      if (!module.ok() && count.failed === failedBefore) count.failed++
    }
    const skipped = count.skipped + count.pending
    process.stdout.write(
      `${count.passed} passed, ${count.failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`,
    )
  }
}
