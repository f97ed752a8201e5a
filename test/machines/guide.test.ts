import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkDocument } from '../../engine/core/read-document.ts'
import {
  circlingBytesMax,
  detailsMax,
  linksMax,
  placeholdersMax,
  variablesMax,
} from '../../engine/machines/bots/problems.ts'
import type { Definition } from '../../engine/machines/definitions.ts'
import * as limits from '../../schemas/configuration/bot-flow.ts'
import { callTimeoutMsMax, variableLengthMax } from '../../schemas/conversation/call.ts'
import { configuredTextLengthMax, labelLengthMax, tagLengthMax, tagsMax } from '../../schemas/limits.ts'
import { loadOwnMachines } from '../../workers/settings/own-machines.ts'
import { given, reconfigured, started, wrote } from '../behaviour/given.ts'

// What the guide in engine/machines/README.md shows and says is so.

const defining = fileURLToPath(new URL('../../engine/machines/define-conversation.ts', import.meta.url))

let guide: string
let folder: string

beforeAll(async () => {
  guide = await readFile(new URL('../../engine/machines/README.md', import.meta.url), 'utf8')
  folder = await mkdtemp(join(tmpdir(), 'frontdesk-guide-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

function blocks(language: string): string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  )
}

/** A program of the guide's, loaded as an engine does. */
async function defined(name: string, program: string): Promise<Definition> {
  const own = join(folder, name)
  await writeFile(own, program.replaceAll("'frontdesk/machine'", JSON.stringify(defining)))
  const [definition] = await loadOwnMachines(folder)
  await rm(own)
  return definition as Definition
}

describe('the guide', () => {
  it('shows a bot that can be run', () => {
    const [bot = ''] = blocks('yaml')
    const read = checkDocument('bot', parse(bot))
    expect(read.ok ? '' : read.error.message).toBe('')
  })

  it('shows a machine that can be run, and a migration to it', async () => {
    const [hello = '', later = ''] = blocks('ts')
    const first = await defined('hello.mts', hello)
    const setting = { channel: { bot: 'hello' }, bots: [{ id: 'hello', machine: 'hello' }] }
    given({ ...setting, definitions: [first] })
      .when(started())
      .thenIt({ says: ['bot: Hello! What is it about?'] })
      .when(wrote('My order'))
      .thenIt({ is: 'queued', tells: ['created'] })

    const [beginning = ''] = hello
      .replace("'asking',", "'hearing',")
      .replace('asking: {', 'hearing: {')
      .split('export ')
    const types = "import type { Stored } from 'frontdesk/machine'"
    const second = await defined('hello-2.mts', `${types}\n${beginning}\n${later}`)
    given({ ...setting, definitions: [first] })
      .when(started(), reconfigured({ ...setting, definitions: [second] }), wrote('My order'))
      .thenIt({ is: 'queued', tells: ['created'] })
  })

  it('names the limits as they are', () => {
    const { answersMax, stepsMax, botOptionsMax, botFieldsMax, casesMax, conditionsMax } = limits
    const { headersMax, savedMax, callBodyBytesMax, callBodyLevelsMax, callUrlLengthMax } = limits
    for (const said of [
      `up to ${answersMax} answers`,
      `up to ${stepsMax} steps`,
      `up to ${configuredTextLengthMax} characters`,
      `names of bots ${labelLengthMax}`,
      `: 1 to ${botOptionsMax} of`,
      `: 1 to ${botFieldsMax} of`,
      `: 1 to ${casesMax} of \`{when: [condition], goTo}\`, each with 1 to ${conditionsMax} conditions`,
      `more than ${variableLengthMax} characters`,
      `up to ${callTimeoutMsMax / 1000} seconds`,
      `\`headers?\` (up to ${headersMax}), \`body?\` (up to ${callBodyBytesMax} bytes of JSON in ${callBodyLevelsMax} levels)`,
      `A URL has up to ${callUrlLengthMax} characters`,
      `path.in.the.answer}\` (up to ${savedMax})`,
      `up to ${tagsMax} tags of ${tagLengthMax} characters`,
      `up to ${placeholdersMax} in one text`,
      `up to ${variablesMax} variables of up to ${variableLengthMax} characters`,
      `up to ${detailsMax} details`,
      `more than ${circlingBytesMax} bytes`,
      `more than ${linksMax} links of a circle`,
    ])
      expect(guide).toContain(said)
  })
})
