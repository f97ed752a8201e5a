import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const BIN = fileURLToPath(new URL('../../workers/cli/frontdesk.mjs', import.meta.url))
export const ACME = fileURLToPath(new URL('../examples/acme', import.meta.url))

/** For what never comes: a slow and busy machine is no failure. */
export const waitMs = 90_000

export type RunOptions = {
  /** Added to this process's environment, less all that frontdesk reads; `undefined` takes away. */
  env?: Record<string, string | undefined>
  cwd?: string
  input?: string | Buffer
  bin?: string
  uid?: number
}

export type Result = { code: number | null; stdout: string; stderr: string }

/** Runs the command line in a process of its own, to its end. */
export async function frontdesk(args: string[], options: RunOptions = {}): Promise<Result> {
  const running = startFrontdesk(args, options)
  running.child.stdin.end(options.input ?? '')
  return running.ended
}

/** A command line that is running. */
export type Running = {
  child: ChildProcessWithoutNullStreams
  stdout(): string
  stderr(): string
  /** Settles once standard output has it. */
  prints(what: string | RegExp): Promise<void>
  /** The same for standard error. */
  logs(what: string | RegExp): Promise<void>
  line(text: string): void
  ended: Promise<Result>
}

export function startFrontdesk(args: string[], { env = {}, cwd, bin = BIN, uid }: RunOptions = {}): Running {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: environment(env),
    stdio: 'pipe',
    ...(uid !== undefined && { uid }),
  })
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  // It may end without having read all.
  child.stdin.on('error', () => undefined)
  let isOver = false
  const ended = new Promise<Result>((resolve, reject) => {
    child.once('error', reject)
    // Unlike `exit`, `close` comes after all that it has printed.
    child.once('close', (code) => {
      isOver = true
      resolve({ code, ...output })
    })
  })
  const has = async (stream: 'stdout' | 'stderr', what: string | RegExp) => {
    const until = Date.now() + waitMs
    const matches = () =>
      typeof what === 'string' ? output[stream].includes(what) : what.test(output[stream])
    while (!matches()) {
      if (Date.now() > until || isOver) throw new Error(`no ${what} in: ${output.stdout}\n${output.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  return {
    child,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    prints: (what) => has('stdout', what),
    logs: (what) => has('stderr', what),
    line: (text) => child.stdin.write(`${text}\n`),
    ended,
  }
}

/** This process’s environment, less all that frontdesk reads, with `env`; `undefined` takes away. */
export function environment(env: Record<string, string | undefined>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(NATS_(URL|CA|CERT|KEY|NKEY|CREDS|TLS_FIRST).*|LOG_LEVEL|FRONTDESK_(?!CACHE|TEST).*|VITEST.*|NODE_OPTIONS)$/.test(
        name,
      ),
  )
  return { ...Object.fromEntries(inherited), ...env }
}
