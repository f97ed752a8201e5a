// @ts-check
// Runs one command line after another, each as frontdesk.mjs runs it, in a process that loads the program once.
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { distFolder } from '../../workers/build/dist.mjs'
import { upToDateBuild } from '../../workers/build/up-to-date-build.mjs'

const { program } = await upToDateBuild(() => {})
const { main } = await import(pathToFileURL(distFolder + program).href)

/** @typedef {{ args: string[], env: NodeJS.ProcessEnv, cwd: string, input: string, end: string }} Command */

process.on('message', (/** @type {Command} */ { args, env, cwd, input, end }) => {
  process.chdir(cwd)
  process.env = env
  Object.defineProperty(process, 'stdin', { value: Readable.from([input]), configurable: true })
  process.exit = (code = 0) => {
    // They would end with the process.
    for (const event of ['unhandledRejection', 'uncaughtException']) process.removeAllListeners(event)
    for (const stream of [process.stdout, process.stderr]) {
      stream.removeAllListeners('error')
      stream.write(`\0${code}${end}`)
    }
    return /** @type {never} */ (undefined)
  }
  main(args)
})
