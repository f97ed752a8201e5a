import { z } from 'zod'
import { AllowedHosts } from '../calls/client/allowed-hosts.ts'
import { givenUrls, type ServerUrls } from '../nats-server/roles.ts'
import { filePlaceVariables } from './files.ts'
import {
  type GatewaySettings,
  gatewayPortVariable,
  gatewayVariables,
  mailLinkVariables,
  readGatewaySettings,
  signInLinkVariables,
} from './gateway.ts'
import {
  type MailSettings,
  mailFromVariable,
  mailVariableList,
  promisesMail,
  readMailSettings,
} from './mail.ts'
import { type MonitoringSettings, monitoringVariableList, readMonitoringSettings } from './monitoring.ts'
import {
  connectionVariables,
  embeddedServerVariables,
  type NatsLogins,
  natsVariables,
  readNatsLogins,
  roleUrlVariables,
  roleVariables,
} from './nats.ts'
import { absolutePath, readValues, type Values, type Variable, wholeNumber, yesOrNo } from './variable.ts'

/** The settings that the environment gives, checked. */
export interface Settings extends Values<typeof connectionVariables>, Values<typeof workVariables> {
  /** The URL of that NATS for each role. */
  natsRoleUrls: ServerUrls['roles'] | undefined
  /** The files that clients of that NATS prove themselves with, and know it by. */
  natsLogins: NatsLogins
  gateway: GatewaySettings
  monitoring: MonitoringSettings
  /** `undefined`: no e-mails are sent. */
  mail: MailSettings | undefined
  /** Whether e-mails are sent, as far as an engine is told. */
  promisesMail: boolean
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const workVariables = {
  /** The hosts whose APIs bots may call. */
  apiHosts: {
    name: 'FRONTDESK_API_HOSTS',
    help: 'where bots may call APIs: names, *.names, addresses, networks, with commas between; default nowhere',
    allowed:
      'hosts such as api.example.com, *.example.com:8443, 10.0.0.7:8080 or 10.0.0.0/8, with commas between',
    schema: z
      .string()
      .default('')
      .refine((list) => AllowedHosts.parse(list) !== null)
      .transform((list) => AllowedHosts.parse(list) as AllowedHosts),
  },
  /** The folder of custom machines, absolute. */
  machines: {
    name: 'FRONTDESK_MACHINES',
    help: 'folder of machines of your own that bots may name; default none',
    allowed: 'a path',
    schema: absolutePath.optional(),
  },
  partitions: wholeNumber(
    'FRONTDESK_PARTITIONS',
    [1, 256],
    16,
    'parts of the work that engines share; default 16, fixed once the streams exist',
  ),
  /** For streams that are created from now on. */
  replicas: {
    name: 'FRONTDESK_REPLICAS',
    help: 'copies of each stream that is made now, in a NATS cluster; default 1',
    allowed: '1, 3 or 5',
    schema: z.enum(['1', '3', '5']).transform(Number).default(1),
  },
  /** `always`: the embedded server writes to disk before it acknowledges. */
  sync: {
    name: 'FRONTDESK_SYNC',
    help: 'always: the embedded server acknowledges only what the disk has; default: within two minutes',
    allowed: 'default or always',
    schema: z.enum(['default', 'always']).default('default'),
  },
  /** How long an agent may be away or gone before they give back what they have, in seconds. */
  agentGrace: wholeNumber(
    'FRONTDESK_AGENT_GRACE',
    [0, 86_400],
    60,
    'seconds that an agent may be away or gone before they give back what they have; default 60',
  ),
  /** The memory for the texts of a search over conversations, in MiB. */
  searchMemory: wholeNumber(
    'FRONTDESK_SEARCH_MEMORY',
    [4, 65_536],
    256,
    'MiB of memory for the texts of conversations, once agents search in them; default 256',
  ),
  /** Only configured channels may start conversations. */
  strictChannels: yesOrNo(
    'FRONTDESK_STRICT_CHANNELS',
    '1: only configured channels may start conversations; default 0',
  ),
  logLevel: {
    name: 'LOG_LEVEL',
    help: 'of the log on standard error; default info; debug shows where errors come from',
    allowed: `one of ${logLevels.join(', ')}`,
    schema: z.enum(logLevels).default('info'),
  },
} satisfies Record<string, Variable>

const { apiHosts, machines, partitions, replicas, agentGrace, searchMemory, strictChannels, logLevel } =
  workVariables
const { data } = connectionVariables

/** The variables of each kind of command, in the order of its help. */
export const variablesOf = {
  all: [
    ...natsVariables,
    ...roleVariables,
    ...Object.values(embeddedServerVariables),
    data,
    ...gatewayVariables,
    ...mailVariableList,
    ...monitoringVariableList,
    ...Object.values(workVariables),
  ],
  /** Connects to a NATS where frontdesk has run. */
  connected: [...natsVariables, data, logLevel],
  doctor: [
    ...natsVariables,
    data,
    ...monitoringVariableList.filter(({ name }) => name === 'FRONTDESK_READY_LAG_MAX'),
    logLevel,
  ],
  /** Runs or explains custom machines, too. */
  machines: [...natsVariables, data, machines, logLevel],
  /** Creates missing streams and buckets. */
  topology: [...natsVariables, data, partitions, replicas, logLevel],
  signIn: [...natsVariables, data, ...signInLinkVariables, partitions, replicas, logLevel],
  inspect: [...natsVariables, data, gatewayPortVariable, machines, partitions, replicas, logLevel],
  engine: [
    ...natsVariables,
    data,
    partitions,
    replicas,
    strictChannels,
    mailFromVariable,
    machines,
    ...monitoringVariableList,
    logLevel,
  ],
  notifier: [
    ...natsVariables,
    data,
    partitions,
    replicas,
    agentGrace,
    searchMemory,
    ...filePlaceVariables,
    ...monitoringVariableList,
    logLevel,
  ],
  mailer: [
    ...natsVariables,
    ...mailVariableList,
    ...mailLinkVariables,
    data,
    partitions,
    replicas,
    ...monitoringVariableList,
    logLevel,
  ],
  caller: [...natsVariables, apiHosts, data, partitions, replicas, ...monitoringVariableList, logLevel],
  gateway: [
    ...natsVariables,
    ...roleVariables,
    data,
    ...gatewayVariables,
    machines,
    ...monitoringVariableList,
    logLevel,
  ],
} satisfies Record<string, Variable[]>

/** Reads and checks the environment. An empty value counts as missing. Throws WrongSetting. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  // Only checked here: other modules read these from the environment.
  readValues(embeddedServerVariables, env)
  readValues(roleUrlVariables, env)
  const connection = readValues(connectionVariables, env)
  const { natsUrl } = connection
  return {
    ...connection,
    natsLogins: readNatsLogins(env),
    natsRoleUrls: natsUrl === undefined ? undefined : givenUrls(natsUrl, env).roles,
    gateway: readGatewaySettings(env),
    monitoring: readMonitoringSettings(env),
    mail: readMailSettings(env),
    promisesMail: promisesMail(env),
    ...readValues(workVariables, env),
  }
}
