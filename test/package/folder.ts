import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

interface RunOptions {
  env?: Record<string, string>
  input?: string
  /** The program may end with any code; without this, an error is thrown. */
  fails?: boolean
}

/** For what never ends: a slow network is no failure. */
const waitMs = 300_000

/** A folder in which programs run as they do at a user's, with a version of Node. */
export class Folder {
  readonly path: string
  readonly #bin: string | undefined

  /** @param bin the folder of the Node that runs npm and its programs; by default the present one */
  constructor(path: string, bin?: string) {
    this.path = path
    this.#bin = bin
  }

  async write(files: Record<string, string>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.path, name)), { recursive: true })
      await writeFile(join(this.path, name), text)
    }
  }

  /** Runs a program to its end. Throws an Error with its output where it fails. */
  async run(program: string, args: string[], options: RunOptions = {}): Promise<Ended> {
    const { env = {}, input = '', fails = false } = options
    const child = this.#spawn(program, args, env)
    child.process.stdin.end(input)
    const deadline = setTimeout(child.signal, waitMs, 'SIGKILL')
    const ended = await child.ended
    clearTimeout(deadline)
    if (ended.code !== 0 && !fails)
      throw new Error(
        `${program} ${args.join(' ')} ended with ${ended.code}:\n${ended.stdout}${ended.stderr}`,
      )
    return ended
  }

  /** Starts a program that runs until it is stopped. */
  start(program: string, args: string[], env: Record<string, string> = {}) {
    const child = this.#spawn(program, args, env)
    return {
      /** Settles with the match once its output, standard error included, has it. */
      prints: async (what: RegExp): Promise<RegExpExecArray> => {
        const until = Date.now() + waitMs
        for (;;) {
          const found = what.exec(child.output.stdout) ?? what.exec(child.output.stderr)
          if (found) return found
          if (Date.now() > until || child.process.exitCode !== null)
            throw new Error(`no ${what} in:\n${child.output.stdout}${child.output.stderr}`)
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      },
      /** As Ctrl-C in a terminal does. Settles at its end. */
      stop: async (): Promise<Ended> => {
        child.signal('SIGINT')
        return child.ended
      },
    }
  }

  #spawn(program: string, args: string[], env: Record<string, string>) {
    const child = spawn(program, args, {
      cwd: this.path,
      env: { ...this.#environment(), ...env },
      stdio: 'pipe',
      // A group of its own: npx and what it runs.
      detached: true,
    })
    const output = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text
      })
    // It may end without having read all.
    child.stdin.on('error', () => undefined)
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve({ code, ...output }))
    })
    /** To the whole group. */
    const signal = (name: NodeJS.Signals) => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, name)
    }
    return { process: child, output, signal, ended }
  }

  /** The present one, without what npm and frontdesk read of the project that runs this. */
  #environment(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(
      ([name]) =>
        /^(npm_config_(registry|cache|\w*proxy)|NATS_SERVER)$/i.test(name) ||
        !/^(npm_|NATS_|FRONTDESK_|INIT_CWD)/i.test(name),
    )
    const path = this.#bin === undefined ? process.env.PATH : `${this.#bin}${delimiter}${process.env.PATH}`
    return { ...Object.fromEntries(kept), PATH: path }
  }
}
