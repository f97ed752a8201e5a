import { defineConfig } from 'vitest/config'

/** Tests that start nothing and touch no shared state. */
const pure = [
  'test/{architecture,readme}.test.ts',
  'test/deploy/*.test.ts',
  'test/mailer/{compose-mail,resume-link}.test.ts',
  'test/{behaviour,bots,core,description,diagram,import,machines,schemas,transcripts}/**/*.test.ts',
  'test/client/conversation.test.ts',
  'test/pages/{admin-*,desk-*,styles}.test.ts',
]
/** In a Docker engine: `npm run test:containers`. */
const containers = ['test/deploy/containers/*.test.ts']
/** Tests of the tests, of deployments, of upgrades and of chaos: `npm run test:faults`. */
const faults = [
  'test/chaos/*.test.ts',
  'test/mailer/killed-*.test.ts',
  'test/engine/recover/cut-ends.test.ts',
  'test/engine/{deployment,planted-faults}.test.ts',
  'test/upgrade/*.test.ts',
]
const browser = ['test/browser/**/*.test.ts']

export default defineConfig({
  test: {
    globalSetup: './test/global-setup.ts',
    reporters: ['default', './test/closing-line.ts'],
    // Many tests wait for kills and time-outs of seconds: six workers use two cores better.
    maxWorkers: 6,
    // Of concurrent tests in one file.
    maxConcurrency: 3,
    // The files of a worker share its process: their imports take half a second of processor time each.
    isolate: false,
    // For what hangs: a slow and busy machine is no failure.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 90_000 } },
    projects: [
      { extends: true, test: { name: 'pure', include: pure } },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: [...pure, ...faults, ...browser, ...containers],
          setupFiles: './test/conformance/setup.ts',
        },
      },
      { extends: true, test: { name: 'faults', include: faults, maxConcurrency: 2, isolate: true } },
      { extends: true, test: { name: 'containers', include: containers } },
      {
        extends: true,
        test: {
          name: 'browser',
          include: browser,
          globalSetup: './test/browser/chromium/global-setup.ts',
          setupFiles: './test/conformance/setup.ts',
          // The files of a worker share its Chromium and its gateway, so no other project runs between them: `npm test`
          // runs them beside the others, in a run of their own.
          sequence: { groupOrder: 1 },
          // A Chromium keeps half a core busy.
          maxWorkers: 3,
        },
      },
    ],
  },
})
