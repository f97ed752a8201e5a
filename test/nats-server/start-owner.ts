import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { EmbeddedServer } from '../../workers/nats-server/embedded/embedded-server.ts'

export interface Owner {
  process: ChildProcess
  server: EmbeddedServer & { pid: number; reported: string[] }
}

/** Starts an embedded server from another process, so that this one can be killed. */
export async function startOwner(dataFolder: string, port: number): Promise<Owner> {
  const script = fileURLToPath(new URL('./owner.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataFolder, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => {
      throw new Error('the owner ended before its server answered')
    }),
  ])
  return { process: child, server: JSON.parse(line) }
}

export async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}
