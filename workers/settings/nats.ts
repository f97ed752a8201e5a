import { z } from 'zod'
import { connectOptions } from '../../engine/nats/connect-options.ts'
import { gatewayRoleNames, gatewayRoles } from '../../schemas/roles.ts'
import { absolutePath, perRole, port, type Variable } from './variable.ts'

export const connectionVariables = {
  /** The NATS server's URL; `undefined`: the embedded server of the data folder. */
  natsUrl: {
    name: 'NATS_URL',
    help: 'the NATS server, as nats://[user:password@]host:port; default: the embedded one',
    allowed: 'a URL such as nats://127.0.0.1:4222 or nats://user:password@host:4222, or several with commas',
    schema: z.string().refine(isNatsUrl).optional(),
    isSecret: true,
  },
  /** The data folder, absolute. */
  data: {
    name: 'FRONTDESK_DATA',
    help: 'folder of the embedded server’s data; default .frontdesk',
    allowed: 'a path',
    schema: absolutePath.prefault('.frontdesk'),
  },
} satisfies Record<string, Variable>

/** `NATS_URL_WIDGET` and the like. A bot is a process of its own, and reads its URL itself. */
export const roleUrlVariables = perRole(gatewayRoleNames, (role) => ({
  name: `NATS_URL_${role.toUpperCase()}`,
  help: `NATS_URL as the gateway’s part for ${gatewayRoles[role]} uses it, with a user that may do no more; default NATS_URL`,
  allowed: 'a URL as NATS_URL is',
  schema: z.string().refine(isNatsUrl).optional(),
  isSecret: true,
}))

/** The embedded server reads both from the environment itself. */
export const embeddedServerVariables = {
  binary: {
    name: 'NATS_SERVER',
    help: 'the nats-server binary for the embedded server; default: found or fetched',
    allowed: 'a path',
    schema: z.string().optional(),
  },
  port: port(
    'FRONTDESK_NATS_PORT',
    4222,
    'port of the embedded server; default 4222, the next free one if taken',
  ),
} satisfies Record<string, Variable>

function isNatsUrl(url: string): boolean {
  try {
    return connectOptions(url).servers.every((server) =>
      /^((nats|tls|ws|wss):\/\/)?(\[[0-9a-f:.]+\]|[^\s/:@[\]]+)(:\d{1,5})?$/i.test(server),
    )
  } catch {
    return false
  }
}
