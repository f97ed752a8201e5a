import { z } from 'zod'
import { readyLagSecondsMax } from '../monitoring/readiness.ts'
import { port, readValues, type Values, type Variable, wholeNumber } from './variable.ts'

const monitoringVariables = {
  metricsHost: {
    name: 'FRONTDESK_METRICS_HOST',
    help: 'address that /livez, /readyz and /metrics listen on; default 127.0.0.1, this machine only',
    allowed: 'an address or a name of this machine',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9.:_-]+$/)
      .default('127.0.0.1'),
  },
  metricsPort: port(
    'FRONTDESK_METRICS_PORT',
    9464,
    'port of /livez, /readyz and /metrics; default 9464, the next free one if taken',
  ),
  readyLagMax: wholeNumber(
    'FRONTDESK_READY_LAG_MAX',
    [1, 86_400],
    readyLagSecondsMax,
    `seconds that an event may wait while /readyz says ready; default ${readyLagSecondsMax}`,
  ),
} satisfies Record<string, Variable>

export interface MonitoringSettings extends Values<typeof monitoringVariables> {
  /** Whether it must listen on that port; otherwise the next free one will do. */
  portIsGiven: boolean
}

export const monitoringVariableList: Variable[] = Object.values(monitoringVariables)

/** Throws WrongSetting. */
export function readMonitoringSettings(env: NodeJS.ProcessEnv): MonitoringSettings {
  const values = readValues(monitoringVariables, env)
  return { ...values, portIsGiven: Boolean(env[monitoringVariables.metricsPort.name]) }
}
