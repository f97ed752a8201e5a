import { connect } from 'node:net'
import { parseJson } from '../../schemas/parse-json.ts'

/** The greeting of a nats-server to every client that connects. */
export interface ServerInfo {
  server_name: string
  version: string
  port: number
  jetstream?: boolean
}

/** Reads the greeting; `undefined` where nothing listens on the port, or something that is not a nats-server. */
export function readServerInfo(
  port: number,
  host = '127.0.0.1',
  timeoutMs = 1_000,
): Promise<ServerInfo | undefined> {
  return new Promise((resolve) => {
    let greeting = ''
    const socket = connect({ port, host })
    const finish = (info?: ServerInfo) => {
      socket.destroy()
      resolve(info)
    }
    socket.setTimeout(timeoutMs, () => finish())
    socket.on('error', () => finish())
    socket.on('close', () => finish())
    socket.on('data', (chunk) => {
      greeting += chunk.toString('utf8')
      const end = greeting.indexOf('\r\n')
      if (end < 0 && greeting.length < 65_536) return
      finish(parse(greeting.slice(0, end)))
    })
  })
}

function parse(line: string): ServerInfo | undefined {
  return line.startsWith('INFO ') ? (parseJson(line.slice(5)) as ServerInfo | undefined) : undefined
}
