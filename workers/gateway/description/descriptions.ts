import { readFileSync } from 'node:fs'
import { projectFile } from '../../build/project-folder.mjs'
import { asyncApi } from './asyncapi.ts'
import { jsonSchemas } from './component-schemas.ts'
import { openApi } from './openapi.ts'

export const descriptionNames = ['asyncapi', 'openapi', 'json-schema'] as const
export type DescriptionName = (typeof descriptionNames)[number]

/** Makes a description of this version, as JSON. It takes some 0.2 s. */
export function describe(name: DescriptionName): object {
  const { version } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string }
  if (name === 'asyncapi') return asyncApi(version)
  if (name === 'openapi') return openApi(version)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:frontdesk:schemas',
    title: `frontdesk ${version}`,
    $defs: jsonSchemas('draft-2020-12', '#/$defs/'),
  }
}
