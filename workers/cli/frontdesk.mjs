#!/usr/bin/env -S node --max-semi-space-size=64
// @ts-check
// A young generation of 64 MB: an event's objects die before they are ever copied, a fifth of an engine's time.
// Runs the build, which is made first where it is missing or older than the sources.
import { pathToFileURL } from 'node:url'
import { distFolder } from '../build/dist.mjs'
import { upToDateBuild } from '../build/up-to-date-build.mjs'

/** @param {string} line */
const report = (line) => process.stderr.write(`frontdesk: ${line}\n`)

// With source maps a stack trace names lines of the sources; reading them at each start takes too long.
if (/^(debug|trace)$/.test(process.env.LOG_LEVEL ?? '')) process.setSourceMapsEnabled(true)
try {
  const { program } = await upToDateBuild(report)
  const { main } = await import(pathToFileURL(distFolder + program).href)
  await main(process.argv.slice(2))
} catch (error) {
  report(/** @type {Error} */ (error).message)
  process.exitCode = 1
}
