import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Launched } from './processes.ts'
import { rounded } from './report.ts'

/** The kernel's unit of processor time in /proc, on Linux everywhere. */
const ticksPerSecond = 100

/** A process of a trial, which may be this one. */
export type Measured = Pick<Launched, 'name' | 'pid'>

export interface Readings {
  seconds: number
  /** Processor time by process and its children, of this process its own alone, user and system, in seconds. */
  cpuS: Record<string, number>
  /** Resident memory by process, in MiB. */
  rssMb: Record<string, number>
  /** The load of all other processes of the machine, in per cent of all its processors. */
  othersPercent: number
}

/**
 * Reads the processor time of processes and of the machine around a piece of work, from Linux's /proc. All figures of
 * processors and memory are `NaN`, in JSON `null`, on other systems, and where a process has ended.
 */
export class Meter {
  readonly #processes: Measured[]
  readonly #before: Map<string, number>
  readonly #busyBefore = busySeconds()
  readonly #startedAt = performance.now()

  constructor(processes: Measured[]) {
    this.#processes = processes
    this.#before = cpuByName(processes)
  }

  read(): Readings {
    const seconds = (performance.now() - this.#startedAt) / 1_000
    const busy = busySeconds() - this.#busyBefore
    const now = cpuByName(this.#processes)
    const cpuS = Object.fromEntries(
      [...now].map(([name, cpu]) => [name, rounded(cpu - (this.#before.get(name) ?? 0))]),
    )
    const ours = Object.values(cpuS).reduce((sum, cpu) => sum + cpu, 0)
    const others = (100 * (busy - ours)) / (availableParallelism() * seconds)
    const rssMb = sumByName(this.#processes, (pid) => residentMb(pid))
    return {
      seconds,
      cpuS,
      rssMb: Object.fromEntries([...rssMb].map(([name, mb]) => [name, Math.round(mb)])),
      othersPercent: rounded(Math.max(0, others), 1),
    }
  }
}

/** Limits beyond which a run counts as disturbed, and how often it is tried again. */
export const quietDefaults = { 'others-max': 12, tries: 3, wait: 60 }
export const quietUsage = `  --others-max N    per cent of all processors, default 12: a run in which other programs took more is run again,
  --tries N         at most so many times (default 3)
  --wait N          seconds that a run waits for a quiet machine, at most (default 60)`

/** Runs it until others leave the machine alone; the result that was disturbed least. */
export async function undisturbed<T extends { othersPercent: number }>(
  { 'others-max': othersMax, tries, wait }: typeof quietDefaults,
  run: () => Promise<T>,
  report: (result: T, isDisturbed: boolean) => void = () => {},
): Promise<{ result: T; isDisturbed: boolean }> {
  const results: T[] = []
  for (;;) {
    await untilQuiet(wait, othersMax)
    const result = await run()
    const isDisturbed = result.othersPercent > othersMax
    report(result, isDisturbed)
    results.push(result)
    if (!isDisturbed) return { result, isDisturbed }
    if (results.length < tries) continue
    const [quietest = result] = results.sort((a, b) => a.othersPercent - b.othersPercent)
    return { result: quietest, isDisturbed }
  }
}

/** Waits until the machine is quiet, or for so many seconds. */
async function untilQuiet(seconds: number, busyPercentMax: number): Promise<void> {
  const lookMs = 2_000
  for (const deadline = Date.now() + seconds * 1_000; Date.now() < deadline; ) {
    const before = busySeconds()
    await sleep(lookMs)
    const percent = (100 * (busySeconds() - before)) / ((lookMs / 1_000) * availableParallelism())
    if (!(percent > busyPercentMax)) return
  }
}

/** Processes of one name, such as several engines, count as one. */
function sumByName(processes: Measured[], figure: (pid: number) => number): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { name, pid } of processes) sums.set(name, (sums.get(name) ?? 0) + figure(pid))
  return sums
}

function cpuByName(processes: Measured[]): Map<string, number> {
  const all = new Map<number, { parent: number; ownS: number; goneS: number }>()
  for (const entry of listProc()) {
    const stat = readProc(`${entry}/stat`)
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (!fields) continue
    // User and system time, then those of children that have ended.
    const [user = 0, system = 0, goneUser = 0, goneSystem = 0] = fields.slice(11, 15).map(Number)
    all.set(Number(entry), {
      parent: Number(fields[1]),
      ownS: (user + system) / ticksPerSecond,
      goneS: (goneUser + goneSystem) / ticksPerSecond,
    })
  }
  const cpuOf = (pid: number): number => {
    const { ownS, goneS } = all.get(pid) ?? { ownS: Number.NaN, goneS: 0 }
    // The measured processes are children of this one.
    if (pid === process.pid) return ownS
    return [...all].reduce(
      (sum, [child, { parent }]) => (parent === pid ? sum + cpuOf(child) : sum),
      ownS + goneS,
    )
  }
  return sumByName(processes, (pid) => cpuOf(pid))
}

/** All processors' time that was not idle, since the machine started. */
function busySeconds(): number {
  const [first = ''] = readProc('stat')?.split('\n') ?? []
  const [user = Number.NaN, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = first
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond
}

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readProc(`${pid}/status`) ?? '')?.[1]) / 1_024
}

function listProc(): string[] {
  try {
    return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
  } catch {
    return []
  }
}

function readProc(file: string): string | undefined {
  try {
    return readFileSync(`/proc/${file}`, 'utf8')
  } catch {
    // Another system, or a process that has just ended.
    return undefined
  }
}
