import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    // Two cores: more workers make the tests with real servers and kills wait for each other.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/browser/**'],
          globalSetup: './test/global-setup.ts',
          // For what hangs: a slow and busy machine is no failure.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['./test/global-setup.ts', './test/browser/chromium/global-setup.ts'],
          // The files of a worker share its Chromium and its gateway, so no other project runs between them.
          isolate: false,
          sequence: { groupOrder: 1 },
          // A story has many steps, each of which waits for its own condition.
          testTimeout: 180_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
})
