import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectRole } from '../../engine/nats/connect.ts'
import type { StaffRole } from '../../schemas/roles.ts'
import { OneTimeCodes } from '../../workers/gateway/identity/one-time-codes.ts'
import { type TestWorld, until } from '../engine/test-world.ts'

const program = fileURLToPath(new URL('../../workers/cli/frontdesk.mjs', import.meta.url))

/** A gateway in a process of its own. */
export interface GatewayProcess {
  url: string
  process: ChildProcess
  /** As a crash does; settles once it is gone. */
  kill(): Promise<void>
}

/** `npx frontdesk gateway` on the world's NATS, each role by its own account; settles once it answers. */
export async function startGatewayProcess(
  { server: { url, roles } }: TestWorld,
  port: number,
  env: NodeJS.ProcessEnv = {},
): Promise<GatewayProcess> {
  const urls = Object.entries(roles).map(([role, at]) => [`NATS_URL_${role.toUpperCase()}`, at])
  const child = spawn(process.execPath, ['--max-semi-space-size=64', program, 'gateway'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      ...Object.fromEntries(urls),
      NATS_URL: url,
      FRONTDESK_PORT: String(port),
      LOG_LEVEL: 'fatal',
      ...env,
    },
  })
  const at = `http://127.0.0.1:${port}`
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
  try {
    await until(async () => (await fetch(`${at}/healthz`)).status > 0)
  } catch (error) {
    await kill()
    throw error
  }
  return { url: at, process: child, kill }
}

/** A one-time code for any gateway of that world. */
export async function codeFor(world: TestWorld, role: StaffRole, name: string): Promise<string> {
  const connection = await connectRole(world.server.roles.identity, 'test')
  const codes = new OneTimeCodes(new Bucket(connection, 'secrets'))
  const code = await codes.create({ role, id: name.toLowerCase(), name, workspaces: 'all' }, 60)
  await connection.close()
  return code
}
