/**
 * npm run test:containers [-- server|deploy [<vitest filter>...]]
 *
 * server: the integration tests against a nats-server in a container. deploy: the image and docker-compose.yml, and what
 * Helm and systemd say of their files, where they are installed. Without an argument both, one after the other.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { reachDocker } from '../workers/nats-server/reach-docker.ts'
import { checkServer } from '../workers/nats-server/resolve/resolve-server.ts'

const integrationTests = ['test/engine']
const startTimeoutMs = 60_000

const say = (line: string) => process.stderr.write(`${line}\n`)

process.exitCode = await main(process.argv.slice(2))

async function main([part, ...filters]: string[]): Promise<number> {
  switch (part) {
    case 'server':
      return testServer(filters)
    case 'deploy':
      return runTests(['--project', 'containers', ...filters], {})
    case undefined:
      return (await main(['server'])) || (await main(['deploy']))
    default:
      say(`${part}: give server or deploy, or nothing for both`)
      return 2
  }
}

async function testServer(filters: string[]): Promise<number> {
  const docker = await reachDocker()
  if (!docker) {
    say('Docker does not answer: the tests with containers are SKIPPED, which is not the same as passed')
    process.stdout.write('0 passed, 0 failed, 1 skipped\n')
    return 0
  }
  const { natsImage } = await import('./nats-image.ts')
  const image = await natsImage(say)
  say(`starting ${image}`)
  const container = await new docker.testcontainers.GenericContainer(image)
    .withEntrypoint(['nats-server'])
    .withCommand(['--jetstream', '--store_dir', '/data'])
    .withExposedPorts(4222)
    .withWaitStrategy(docker.testcontainers.Wait.forLogMessage(/Server is ready/))
    .withStartupTimeout(startTimeoutMs)
    .start()
  try {
    const url = `nats://${container.getHost()}:${container.getMappedPort(4222)}`
    say(`nats-server ${await checkServer(url)} answers at ${url}`)
    return await runTests(filters.length > 0 ? filters : integrationTests, { FRONTDESK_TEST_NATS_URL: url })
  } finally {
    await container.stop()
  }
}

async function runTests(args: string[], env: Record<string, string>): Promise<number> {
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
  // One file after the other, since they share the server, or Docker.
  const child = spawn(process.execPath, [vitest, 'run', '--no-file-parallelism', ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  // The terminal's Ctrl-C reaches the tests as well; the container is stopped once they have ended.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const [code] = await once(child, 'exit')
  return code ?? 1
}
