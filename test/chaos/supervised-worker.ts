import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Role } from '../../workers/cli/run/run-worker.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const script = fileURLToPath(new URL('./worker.ts', import.meta.url))
const linesKept = 20
const pauseAfterCrashMs = 500
const stopTimeoutMs = 30_000

export interface WorkerOptions {
  natsUrl: string
  partitions: number
  replicas: number
}

type Condition = 'starting' | 'ready' | 'asleep' | 'dead'

/** A worker as its supervisor sees it: a process that is started again whenever it ends. */
export class SupervisedWorker {
  readonly role: Role
  readonly name: string
  /** How it ended without being told to: the evidence. */
  readonly crashes: string[] = []
  /** The same before it was ready: where NATS is killed just then, a start gives up and is tried again. */
  readonly failedStarts: string[] = []
  condition: Condition = 'dead'
  readonly #options: WorkerOptions
  #child: ChildProcess | undefined
  #log: string[] = []
  #isStopping = false

  constructor(role: Role, number: number, options: WorkerOptions) {
    this.role = role
    this.name = `${role} ${number}`
    this.#options = options
  }

  start() {
    if (this.#isStopping) return
    const { natsUrl, partitions, replicas } = this.#options
    const child = fork(script, [this.role], {
      cwd: root,
      execArgv: ['--import', 'tsx'],
      env: {
        ...process.env,
        NATS_URL: natsUrl,
        FRONTDESK_PARTITIONS: String(partitions),
        FRONTDESK_REPLICAS: String(replicas),
        LOG_LEVEL: 'info',
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    this.condition = 'starting'
    this.#log = []
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (this.#child === child && this.condition === 'starting' && text.includes('"msg":"ready"'))
        this.condition = 'ready'
      this.#log.push(text)
      this.#log.splice(0, this.#log.length - linesKept)
    })
    child.once('exit', (code, signal) => {
      const ends = this.condition === 'starting' ? this.failedStarts : this.crashes
      this.condition = 'dead'
      if (signal === 'SIGKILL' || this.#isStopping) return
      ends.push(`${this.name} ended with ${signal ?? code}:\n${this.#log.join('')}`)
      void sleep(pauseAfterCrashMs).then(() => this.start())
    })
  }

  async ready(): Promise<void> {
    while (this.condition !== 'ready') {
      const [failed] = [...this.failedStarts, ...this.crashes]
      if (failed) throw new Error(failed)
      await sleep(20)
    }
  }

  /** As a power cut does; it is started again after a while. */
  async kill(downMs: number): Promise<void> {
    this.condition = 'dead'
    await this.#end('SIGKILL')
    await sleep(downMs)
    this.start()
  }

  /** As a laptop that is closed, or a machine that swaps. */
  async sleep(ms: number): Promise<void> {
    const child = this.#child
    child?.kill('SIGSTOP')
    this.condition = 'asleep'
    await sleep(ms)
    if (child !== this.#child || child?.exitCode !== null || child.signalCode !== null) return
    this.condition = 'ready'
    child.kill('SIGCONT')
  }

  /** For good, as an operator does. Says what was wrong with that, if anything. */
  async stop(): Promise<string | null> {
    this.#isStopping = true
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), stopTimeoutMs)
    await this.#end('SIGTERM')
    clearTimeout(timer)
    const { exitCode, signalCode } = this.#child ?? { exitCode: 0 }
    return exitCode === 0
      ? null
      : `${this.name} stopped with ${signalCode ?? exitCode}:\n${this.#log.join('')}`
  }

  /** Ends it whatever it does. */
  async abandon(): Promise<void> {
    this.#isStopping = true
    await this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }
}
