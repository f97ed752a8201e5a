// @ts-check
import { fileURLToPath } from 'node:url'

// This module runs from `workers/build/` and, bundled, from `dist/program/`: both are two folders below.
const folder = new URL('../..', import.meta.url)

/** The absolute path of a file that comes with frontdesk, by its path in the project. @param {string} path */
export function projectFile(path) {
  return fileURLToPath(new URL(path, folder))
}
