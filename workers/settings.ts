import { resolve } from 'node:path'
import { type ZodType, z } from 'zod'
import { connectOptions } from '../engine/nats/server/connect-options.ts'

/** What the environment says, checked. */
export interface Settings {
  /** Where NATS is; nothing: the embedded server of the data folder. */
  natsUrl: string | undefined
  /** The data folder, absolute. */
  data: string
  /** Of the gateway. */
  port: number
  partitions: number
  logLevel: string
  /** Only configured channels may start conversations. */
  strictChannels: boolean
  /** Of streams that are made now. */
  replicas: number
  /** When the embedded server has the disk write what it acknowledges. */
  sync: 'default' | 'always'
}

/** A variable of the environment has a value that cannot be used. */
export class WrongSetting extends Error {}

interface Variable {
  /** For `--help`. */
  help: string
  /** What a value must be, after "must be". */
  allowed: string
  schema: ZodType
  /** Not shown in an error. */
  secret?: true
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export const partitionsMax = 256

function wholeNumber(min: number, max: number) {
  return z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max))
}

/** All variables that frontdesk reads. */
export const variables = {
  NATS_URL: {
    help: 'the NATS server, as nats://[user:password@]host:port; default: the embedded one',
    allowed: 'a URL such as nats://127.0.0.1:4222 or nats://user:password@host:4222, or several with commas',
    schema: z.string().refine(isNatsUrl).optional(),
    secret: true,
  },
  NATS_SERVER: {
    help: 'the nats-server binary for the embedded server; default: found or fetched',
    allowed: 'a path',
    schema: z.string().optional(),
  },
  FRONTDESK_NATS_PORT: {
    help: 'port of the embedded server; default 4222, the next free one if taken',
    allowed: 'a port from 1 to 65535',
    schema: wholeNumber(1, 65_535).default(4222),
  },
  FRONTDESK_DATA: {
    help: 'folder of the embedded server’s data; default .frontdesk',
    allowed: 'a path',
    schema: z
      .string()
      .default('.frontdesk')
      .transform((path) => resolve(path)),
  },
  FRONTDESK_PORT: {
    help: 'port of the gateway; default 8080',
    allowed: 'a port from 1 to 65535',
    schema: wholeNumber(1, 65_535).default(8080),
  },
  FRONTDESK_PARTITIONS: {
    help: 'parts of the work that engines share; default 16, fixed once the streams exist',
    allowed: `a whole number from 1 to ${partitionsMax}`,
    schema: wholeNumber(1, partitionsMax).default(16),
  },
  FRONTDESK_REPLICAS: {
    help: 'copies of each stream that is made now, in a NATS cluster; default 1',
    allowed: '1, 3 or 5',
    schema: z.enum(['1', '3', '5']).transform(Number).default(1),
  },
  FRONTDESK_SYNC: {
    help: 'always: the embedded server acknowledges only what the disk has; default: within two minutes',
    allowed: 'default or always',
    schema: z.enum(['default', 'always']).default('default'),
  },
  FRONTDESK_STRICT_CHANNELS: {
    help: '1: only configured channels may start conversations; default 0',
    allowed: '1, true, 0 or false',
    schema: z
      .enum(['1', 'true', '0', 'false'])
      .transform((value) => value === '1' || value === 'true')
      .default(false),
  },
  LOG_LEVEL: {
    help: 'of the log on standard error; default info; debug shows where errors come from',
    allowed: `one of ${logLevels.join(', ')}`,
    schema: z.enum(logLevels).default('info'),
  },
} satisfies Record<string, Variable>
export type VariableName = keyof typeof variables

/** Reads and checks the environment. An empty value counts as none. Throws WrongSetting. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const read = <N extends VariableName>(name: N): z.infer<(typeof variables)[N]['schema']> => {
    const { schema, allowed, secret }: Variable = variables[name]
    const value = env[name] || undefined
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data as z.infer<(typeof variables)[N]['schema']>
    throw new WrongSetting(`${name}${secret ? '' : `=${value}`} must be ${allowed}`)
  }
  // Checked here, used by the embedded server.
  read('FRONTDESK_NATS_PORT')
  return {
    natsUrl: read('NATS_URL'),
    data: read('FRONTDESK_DATA'),
    port: read('FRONTDESK_PORT'),
    partitions: read('FRONTDESK_PARTITIONS'),
    logLevel: read('LOG_LEVEL'),
    strictChannels: read('FRONTDESK_STRICT_CHANNELS'),
    replicas: read('FRONTDESK_REPLICAS'),
    sync: read('FRONTDESK_SYNC'),
  }
}

function isNatsUrl(url: string): boolean {
  try {
    return connectOptions(url).servers.every((server) =>
      /^((nats|tls|ws|wss):\/\/)?(\[[0-9a-f:.]+\]|[^\s/:@[\]]+)(:\d{1,5})?$/i.test(server),
    )
  } catch {
    return false
  }
}
