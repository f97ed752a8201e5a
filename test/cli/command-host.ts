import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { environment, type Result, type RunOptions, waitMs } from './frontdesk.ts'

const program = fileURLToPath(new URL('command-host.mjs', import.meta.url))

/** The progress that a command prints every two seconds: a test does not depend on how long a command takes. */
const progress = /^\d+ .*\n/gm

type CommandOptions = Pick<RunOptions, 'env' | 'cwd'> & { input?: string }

/**
 * Runs command lines to their ends as `frontdesk` does, one after another, but those of a file in one process: its
 * start takes longer than most commands. Not for workers: they leave to the exit of their process what they hold.
 */
export function commandHost(): (args: string[], options?: CommandOptions) => Promise<Result> {
  let host: ChildProcess | undefined
  let last: Promise<unknown> = Promise.resolve()
  afterAll(() => host?.kill())
  return (args, options = {}) => {
    const result = last.then(() => {
      if (host?.exitCode !== null || host.signalCode !== null)
        host = fork(program, { env: environment({}), execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
      return runIn(host, args, options)
    })
    last = result.catch(() => {})
    return result
  }
}

function runIn(
  host: ChildProcess,
  args: string[],
  { env = {}, cwd = process.cwd(), input = '' }: CommandOptions,
): Promise<Result> {
  // The last words of a command on each stream, after its exit code.
  const end = `\0${randomUUID()}`
  return new Promise((resolve, reject) => {
    const output = { stdout: '', stderr: '' }
    const read = (name: keyof typeof output) => (chunk: string) => {
      output[name] += chunk
      if (!output.stdout.endsWith(end) || !output.stderr.endsWith(end)) return
      stop()
      const [stdout = '', code] = output.stdout.split('\0')
      const [stderr = ''] = output.stderr.split('\0')
      resolve({ code: Number(code), stdout, stderr: stderr.replace(progress, '') })
    }
    const [stdout, stderr] = [read('stdout'), read('stderr')]
    const failed = () => {
      stop()
      reject(new Error(`the host of commands has ended: ${args.join(' ')}: ${output.stderr}`))
    }
    // The next command gets another host.
    const timer = setTimeout(() => host.kill('SIGKILL'), waitMs)
    const stop = () => {
      clearTimeout(timer)
      host.stdout?.off('data', stdout)
      host.stderr?.off('data', stderr)
      host.off('exit', failed)
    }
    host.stdout?.setEncoding('utf8').on('data', stdout)
    host.stderr?.setEncoding('utf8').on('data', stderr)
    host.on('exit', failed)
    host.send({ args, env: environment(env), cwd, input, end })
  })
}
