import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Meter } from '../meter.ts'
import { launchScript } from '../processes.ts'
import { rounded } from '../report.ts'
import { contenderOf } from './contender.ts'

export interface TrialPlan {
  contender: string
  inFlight: number
  always: boolean
  warmUpS: number
  seconds: number
}

export interface TrialResult {
  /** The server's version. */
  version: string
  conversations: number
  conversationsPerSecond: number
  /** From an event's submission to each of its messages. */
  p50Ms: number
  p99Ms: number
  missing: number
  duplicate: number
  disordered: number
  unexpected: number
  /** User and system time of all processes, client included. */
  cpuMsPerConversation: number
  cpuMsByProcess: Record<string, number>
  othersPercent: number
}

/** Runs a contender once, on a store of its own. Throws where a message is missing, twice there or out of order. */
export async function runTrial(plan: TrialPlan): Promise<TrialResult> {
  const { contender: name, inFlight, always, warmUpS, seconds } = plan
  const contender = await contenderOf(name)
  const folder = await mkdtemp(join(tmpdir(), 'frontdesk-peers-'))
  // A server with a user of its own has to enter it.
  await chmod(folder, 0o755)
  const running = await contender.start({ folder, always, inFlight })
  const args = [name, running.address, inFlight, warmUpS, seconds].map(String)
  const client = launchScript('client', 'peers/client.ts', args)
  try {
    await client.message()
    const meter = new Meter([...running.processes, client])
    client.child.send('go')
    const result = await client.message<TrialResult>()
    const { cpuS, othersPercent } = meter.read()
    client.child.send('stop')
    const { missing, duplicate, disordered, unexpected } = result
    if (!(missing + duplicate + disordered + unexpected === 0))
      throw new Error(`${name} did not send what it had to: ${JSON.stringify(result)}`)
    const byProcess = Object.entries(cpuS).map(([process, cpu]) => [
      process,
      rounded((1_000 * cpu) / result.conversations, 3),
    ])
    const all = Object.values(cpuS).reduce((sum, cpu) => sum + cpu, 0)
    return {
      ...result,
      version: running.version,
      cpuMsPerConversation: rounded((1_000 * all) / result.conversations, 3),
      cpuMsByProcess: Object.fromEntries(byProcess),
      othersPercent,
    }
  } finally {
    await client.stop('SIGKILL')
    await running.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
