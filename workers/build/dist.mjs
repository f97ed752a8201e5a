// @ts-check
import { readFileSync } from 'node:fs'
import { projectFile } from './project-folder.mjs'

/**
 * A finished build, as `dist/build.json` describes it. That file is written last and replaced whole, and a file's
 * name changes with its content: processes that build at the same time cannot harm each other, and a program that is
 * running can go on importing modules of its own build.
 *
 * @typedef {object} Build
 * @property {Sources} sources
 * @property {string} program the command line's main module, relative to `dist`
 * @property {string} botWorker the module that reads bots in a thread of its own, relative to `dist`
 * @property {string} htmlWorker the module that reads HTML of e-mails likewise
 * @property {BuiltPage[]} pages
 *
 * @typedef {object} Sources what a build was made from
 * @property {string} names a hash of the files' names and sizes
 * @property {number} newestMs the latest time at which one of them changed, in epoch milliseconds
 *
 * @typedef {object} BuiltPage a file that the gateway serves
 * @property {string} path its path in a URL
 * @property {string} contentType
 * @property {string} hash of its content
 * @property {string} file relative to `dist`; the same content stands beside it as `.br` and as `.gz`
 */

export const distFolder = projectFile('dist/')

/** The build that is there, up to date or not. @returns {Build | undefined} */
export function existingBuild() {
  try {
    return JSON.parse(readFileSync(`${distFolder}build.json`, 'utf8'))
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined
    throw error
  }
}
