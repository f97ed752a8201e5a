// A process of its own that owns an embedded server: owner.ts <data folder> <port> [<nats-server>]
import { startEmbeddedServer } from '../../workers/nats-server/embedded/embedded-server.ts'
import { findServer } from '../../workers/nats-server/resolve/find-server.ts'

const [dataFolder = '', port = '', binary] = process.argv.slice(2)
const reported: string[] = []
const server = await startEmbeddedServer({
  dataFolder,
  port: Number(port),
  binary: binary ?? (() => findServer()),
  report: (line) => reported.push(line),
})
process.stdout.write(`${JSON.stringify({ ...server, reported })}\n`)
process.stdin.on('data', async () => {
  await server.stop()
  process.exit(0)
})
