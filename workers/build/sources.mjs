// @ts-check
import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { projectFile } from './project-folder.mjs'

/** Describes the sources as they are now. Reads no file: some 400 take 5 ms. @returns {import('./dist.mjs').Sources} */
export function currentSources() {
  const files = ['package.json', 'package-lock.json', ...['schemas', 'engine', 'workers'].flatMap(filesIn)]
  const names = createHash('sha256')
  let newestMs = 0
  for (const file of files) {
    const { size, mtimeMs } = statSync(projectFile(file))
    names.update(`${file} ${size}\n`)
    newestMs = Math.max(newestMs, mtimeMs)
  }
  return { names: names.digest('hex'), newestMs }
}

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  return readdirSync(projectFile(folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      return entry.isDirectory() ? filesIn(path) : [path]
    })
}
