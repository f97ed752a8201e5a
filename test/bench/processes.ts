import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const outputKept = 16_384
const startTimeoutMs = 60_000
const stopTimeoutMs = 20_000
const living = new Set<ChildProcess>()

// Nothing is left running, however the program ends.
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

/** A process of a benchmark; what it prints is kept for its error. */
export class Launched {
  readonly name: string
  readonly child: ChildProcess
  readonly launchedAt = performance.now()
  #output = ''
  #isClosed = false

  constructor(name: string, command: string, args: string[], options: SpawnOptions = {}) {
    this.name = name
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    living.add(this.child)
    this.child.once('exit', () => living.delete(this.child))
    this.child.once('close', () => {
      this.#isClosed = true
    })
    this.child.once('error', (error) => {
      this.#keep(error.message)
      this.#isClosed = true
    })
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => this.#keep(text))
  }

  /** Settles once it has printed that; throws where it ends or takes too long. */
  async printed(what: string): Promise<this> {
    await this.until(async () => this.#output.includes(what))
    return this
  }

  /** Settles once it answers in that way; throws where it ends or takes too long. */
  async until(answers: () => Promise<boolean>): Promise<void> {
    for (
      const deadline = Date.now() + startTimeoutMs;
      !(await answers().catch(() => false));
      await sleep(20)
    ) {
      if (this.#isClosed) throw this.#endError()
      if (Date.now() > deadline) throw new Error(`${this.name} does not start:\n${this.#output}`)
    }
  }

  /** The next message of a process that was started by `launchScript`; throws where it ends instead. */
  async message<T>(): Promise<T> {
    const ended = once(this.child, 'exit').then(() => Promise.reject(this.#endError()))
    const [message] = await Promise.race([once(this.child, 'message'), ended])
    return message
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.hasEnded) return
    const ended = once(this.child, 'exit')
    this.child.kill(signal)
    const timer = setTimeout(() => this.child.kill('SIGKILL'), stopTimeoutMs)
    await ended
    clearTimeout(timer)
  }

  #keep(text: string) {
    this.#output = (this.#output + text).slice(-outputKept)
  }

  #endError() {
    return new Error(`${this.name} has ended:\n${this.#output}`)
  }
}

/** A script of this folder, run as the command line runs a worker; it sends and takes messages. */
export function launchScript(
  name: string,
  script: string,
  args: string[],
  nodeArgs: string[] = [],
): Launched {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const all = ['--max-semi-space-size=64', ...nodeArgs, '--import', 'tsx', path, ...args]
  return new Launched(name, process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
}
