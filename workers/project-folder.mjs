// @ts-check
import { fileURLToPath } from 'node:url'

// This file is read from two places: `workers/` and, bundled, `dist/`. Both are one folder below the project's.
const folder = new URL('..', import.meta.url)

/** The absolute path of a file that comes with frontdesk, by its path in the project. @param {string} path */
export function projectFile(path) {
  return fileURLToPath(new URL(path, folder))
}
