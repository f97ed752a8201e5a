import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { natsRoles } from '../../../schemas/roles.ts'
import { freePort } from '../../test-server.ts'

const run = promisify(execFile)
const project = fileURLToPath(new URL('../../..', import.meta.url))
const outputMax = 64 * 1024 * 1024

/** Runs Docker's client in the project's folder; its standard output. Rejects with what it printed where it fails. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { cwd: project, maxBuffer: outputMax })
  return stdout.trim()
}

/** Why the image cannot be built here; `undefined` where it can. */
export async function obstacle(): Promise<string | undefined> {
  const bases = ['node:24.22.3-bookworm-slim', 'nats:2.15.1-alpine']
  try {
    await docker('compose', 'version')
    for (const base of bases) await docker('image', 'inspect', base).catch(() => docker('pull', base))
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** The services of docker-compose.yml, as a project of their own with ports, passwords and volumes of its own. */
export class Deployment {
  /** How this machine reaches the gateway. */
  readonly url: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'frontdesk-compose-'))
  readonly #options: string[]

  private constructor(name: string, files: string[], gatewayPort: number, natsPort: number) {
    this.url = `http://127.0.0.1:${gatewayPort}`
    const env = join(this.#folder, '.env')
    const passwords = ['frontdesk', ...natsRoles].map(
      (user) => `${user.toUpperCase()}_PASSWORD=${randomBytes(24).toString('hex')}\n`,
    )
    const ports = `FRONTDESK_PUBLISH=127.0.0.1:${gatewayPort}\nNATS_PUBLISH=127.0.0.1:${natsPort}\n`
    writeFileSync(env, passwords.join('') + ports, { mode: 0o600 })
    this.#options = ['--project-name', name, '--env-file', env, ...files.flatMap((file) => ['--file', file])]
  }

  /** Not started yet: `up` does that. */
  static async of(name: string, files: string[]): Promise<Deployment> {
    return new Deployment(name, files, await freePort(), await freePort())
  }

  compose(...args: string[]): Promise<string> {
    return docker('compose', ...this.#options, ...args)
  }

  /** Settles once every service is healthy; how long that took, in milliseconds. */
  async up(): Promise<number> {
    const begun = performance.now()
    await this.compose('up', '--detach', '--wait', '--wait-timeout', '180').catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await this.compose('logs', '--tail', '30')}`, { cause: error })
    })
    return performance.now() - begun
  }

  /** The ids of the containers of a service. */
  async containers(service: string): Promise<string[]> {
    return (await this.compose('ps', '--quiet', service)).split('\n').filter(Boolean)
  }

  /** Whether all containers are healthy; `up` fails where one is not for a moment. */
  async isHealthy(): Promise<boolean> {
    const states = await this.compose('ps', '--format', '{{.Health}}')
    return states.split('\n').every((state) => state === 'healthy')
  }

  async remove(): Promise<void> {
    await this.compose('down', '--volumes', '--timeout', '10')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
