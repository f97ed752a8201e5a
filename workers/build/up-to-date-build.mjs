// @ts-check
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { distFolder, existingBuild } from './dist.mjs'
import { projectFile } from './project-folder.mjs'
import { currentSources } from './sources.mjs'

const reportAfterMs = 2_000

/**
 * The build of the sources as they are now; made where there is none, or where a source has changed since.
 * If `dist` is read-only, uses an existing build whose sources differ only in their times, which copying changes.
 * Throws where a source does not compile, or where a build is needed and cannot be written.
 *
 * @param {(line: string) => void} report is called where the build takes longer than two seconds
 * @returns {Promise<import('./dist.mjs').Build>}
 */
export async function upToDateBuild(report) {
  const existing = existingBuild()
  // The package has no sources: it was built before it was packed.
  if (existing && !existsSync(projectFile('workers/build/build.mjs'))) return existing
  const sources = currentSources()
  const isSame = existing?.sources.names === sources.names
  if (existing && isSame && sources.newestMs <= existing.sources.newestMs) return existing
  if (!isWritable(distFolder)) {
    if (existing && isSame) return existing
    const state = existing ? 'older than the sources' : 'missing'
    throw new Error(
      `${distFolder} is ${state} and cannot be written: run \`npm run build\` as the owner of the folder`,
    )
  }
  const timer = setTimeout(report, reportAfterMs, 'building the command line and the pages')
  try {
    const { build } = await import('./build.mjs')
    return await build()
  } finally {
    clearTimeout(timer)
  }
}

/** @param {string} folder is made where it is missing */
function isWritable(folder) {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
