import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describe as describeAs } from '../../workers/gateway/description/descriptions.ts'
import { temporaryFolder } from '../nats-server/temporary-folder.ts'
import { commandHost } from './command-host.ts'

const frontdesk = commandHost()

it('describe prints one description', async () => {
  const { code, stdout, stderr } = await frontdesk(['describe', 'asyncapi'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(describeAs('asyncapi'))))
})

it('describe writes all into a folder that it makes', async () => {
  const folder = join(await temporaryFolder(), 'some', 'where')
  const { code, stdout } = await frontdesk(['describe', '--out', folder])
  expect(code).toBe(0)
  const files = ['asyncapi.json', 'openapi.json', 'json-schema.json']
  expect(stdout).toBe(files.map((file) => `${join(folder, file)}\n`).join(''))
  expect((await readdir(folder)).sort()).toEqual([...files].sort())
  const schemas = JSON.parse(await readFile(join(folder, 'json-schema.json'), 'utf8')) as { $defs: object }
  expect(schemas.$defs).toHaveProperty('ConversationRecord')
})

it.each([
  [['describe'], 'describe takes one of asyncapi, openapi, json-schema, or --out <folder>'],
  [['describe', 'swagger'], 'there is no description swagger: there are asyncapi, openapi, json-schema'],
  [['describe', 'asyncapi', 'openapi'], 'describe takes one name'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await frontdesk(args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})
