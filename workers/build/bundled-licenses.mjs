// @ts-check
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { projectFile } from './project-folder.mjs'

/**
 * The licences of the packages that are bundled, as these demand of copies.
 *
 * @param {string[]} inputs the bundled files, as esbuild names them
 */
export function bundledLicenses(inputs) {
  const folders = inputs.map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
  const licenses = [...new Set(folders)].flatMap((folder) =>
    folder === undefined ? [] : [licenseIn(resolve(projectFile('.'), folder))],
  )
  // A package may be installed twice, below those that need it.
  return `The files of frontdesk contain code of these packages.\n\n${[...new Set(licenses)].sort().join('\n')}`
}

/** @param {string} folder */
function licenseIn(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file))
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
  return `## ${name} ${version} (${license})\n${text}`
}
