import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { chartOf } from '../../engine/machines/chart.ts'
import { layOut } from '../../workers/diagram/lay-out.ts'
import { acmeBot, machines } from './machines.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))

describe('a picture in the documents is what the code draws', () => {
  test.each([
    ['messagingResponse', 'engine/machines/messaging-response.svg', machines.response],
    ['test/examples/acme/assistant.yaml', 'test/examples/acme/assistant.svg', acmeBot],
  ])('of %s', async (name, path, machine) => {
    const { svgOf } = await import('../../workers/diagram/svg.ts')
    const isSame =
      (await readFile(join(project, path), 'utf8')) === svgOf(await layOut(chartOf(machine as never)))
    expect(isSame, `draw it again: npx frontdesk diagram ${name} --output ${path}`).toBe(true)
  })
})
