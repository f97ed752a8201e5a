// @ts-check
import { readFileSync } from 'node:fs'
import { projectFile } from './project-folder.mjs'

/** frontdesk's version, as its package says. */
export const version = /** @type {{ version: string }} */ (
  JSON.parse(readFileSync(projectFile('package.json'), 'utf8'))
).version
