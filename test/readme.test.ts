import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { commands } from '../workers/cli/commands.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'schemas/README.md',
  'schemas/configuration/README.md',
  'workers/cli/README.md',
  'engine/nats/notifier/inspection/README.md',
  'engine/README.md',
  'engine/DURABILITY.md',
  'workers/nats-server/README.md',
  'test/examples/survey/README.md',
  'engine/machines/README.md',
  'workers/calls/README.md',
  'workers/monitoring/README.md',
  'workers/deploy/monitoring/README.md',
  'workers/deploy/README.md',
  'workers/gateway/README.md',
  'workers/gateway/PROTOCOL.md',
  'workers/pages/README.md',
  'test/examples/external-bot/README.md',
  'engine/nats/client/README.md',
  'workers/client/README.md',
]
const scripts = (JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { scripts: object })
  .scripts

describe.each(documents)('%s', (document) => {
  const text = readFileSync(join(project, document), 'utf8')

  test('names only files and folders that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => path)
    const beside = dirname(join(project, document))
    expect(links.filter((path) => !existsSync(join(beside, path)))).toEqual([])
  })

  test('names only commands that there are', () => {
    const called = [...text.matchAll(/npx frontdesk ([a-z][a-z-]*)/g)].map(([, name = '']) => name)
    expect(called.filter((name) => !(name in commands))).toEqual([])
    const run = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name)
    expect(run.filter((name) => !(name in scripts))).toEqual([])
  })
})

test('examples in a README are the files that they name', () => {
  const shown = documents.flatMap((document) => [
    ...readFileSync(join(project, document), 'utf8').matchAll(/<!-- (\S+\.ts) -->\n```ts\n(.*?)```/gs),
  ])
  expect(shown.length).toBeGreaterThanOrEqual(4)
  for (const [, file = '', text] of shown) expect(text).toBe(readFileSync(join(project, file), 'utf8'))
})

test('the map in the README has every folder of the top level', () => {
  const readme = readFileSync(join(project, 'README.md'), 'utf8')
  for (const folder of ['schemas', 'engine', 'workers', 'test']) expect(readme).toContain(`](${folder}`)
})
