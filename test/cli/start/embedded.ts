import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../../nats-server/temporary-folder.ts'
import { type Running, startFrontdesk } from '../frontdesk.ts'

/** Runs a command until the end of the test. */
export function start(args: string[], env: Record<string, string>): Running {
  const running = startFrontdesk(args, { env })
  onTestFinished(async () => {
    running.child.kill('SIGKILL')
    await running.ended
  })
  return running
}

/** `frontdesk start` with its own nats-server, once it is ready. */
export async function startEmbedded(
  port: number,
  folder?: string,
): Promise<{ running: Running; data: string }> {
  const data = folder ?? (await temporaryFolder())
  const running = start(['start'], { FRONTDESK_DATA: data, FRONTDESK_NATS_PORT: String(port) })
  await running.prints('ready ')
  return { running, data }
}
