import type { Nats } from '../../../engine/nats/connect.ts'
import { isRefusal } from '../../nats-server/resolve/patiently.ts'
import { readSettings, type Settings, variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { connectToRunning, NotRunning } from '../shell/connect-to-running.ts'
import { jsonText } from '../shell/json.ts'
import { explainError } from '../shell/report.ts'
import { plainLine } from '../shell/text.ts'
import type { Check, Finding } from './finding.ts'
import { readableSecrets, serverChecks } from './server-checks.ts'
import { serviceChecks } from './service-checks.ts'

/** A check that has no result by then has failed: NATS may not answer. */
const checkSecondsMax = 120

const checks = [...serverChecks, ...serviceChecks]
const subjects = ['data folder', 'connection', ...checks.map(({ subject }) => subject)]

export default command({
  usage: `
Usage: frontdesk doctor [--json]

Prints what is wrong with this installation, one line each: a code, what is wrong, and what to do. Changes nothing.
The exit code is 1 if anything is wrong, and 0 if not.

Checked are: ${subjects.slice(0, 6).join(', ')},
${subjects.slice(6).join(', ')}.

A check that fails is reported as check_failed, and so is one that takes longer than ${checkSecondsMax} seconds; the others
go on.

Options:
  --json      print one JSON object: checked, the names of the checks, and findings, each with code, problem, remedy
  -h, --help  show this help

Example:
  npx frontdesk doctor
`,
  options: { json: { type: 'boolean' } },
  environment: variablesOf.doctor,
  async run({ values, positionals }) {
    if (positionals.length > 0) throw new UsageError('doctor takes no arguments')
    const findings = await examine(readSettings(process.env))
    const lines = values.json ? [jsonText({ checked: subjects, findings })] : linesOf(findings)
    for (const line of lines) process.stdout.write(`${line}\n`)
    return findings.length === 0 ? 0 : 1
  },
})

function linesOf(findings: Finding[]): string[] {
  if (findings.length === 0) return [`nothing is wrong; checked: ${subjects.join(', ')}`]
  return findings.map(({ code, problem, remedy }) => [code, problem, remedy].map(plainLine).join('  '))
}

async function examine(settings: Settings): Promise<Finding[]> {
  // Before the connection, for which the password file is read: that takes the rights of others away.
  const readable = await settled('data folder', readableSecrets(settings))
  let nats: Nats
  try {
    nats = await connectToRunning(settings, 'doctor')
  } catch (error) {
    return [...readable, unconnected(error as Error, settings)]
  }
  try {
    const lack = await nats.jsm.getAccountInfo().then(
      () => undefined,
      (error: Error) => (error.name === 'JetStreamNotEnabled' ? error : undefined),
    )
    if (lack) return [...readable, withoutJetStream(lack)]
    const found = await Promise.all(
      checks.map(({ subject, find }: Check) => settled(subject, find(nats, settings))),
    )
    const findings = found.flat()
    // Without any stream the other checks have nothing to look at.
    const isNew = findings.some(({ code }) => code === 'never_started')
    return [...readable, ...(isNew ? findings.filter(({ code }) => code !== 'check_failed') : findings)]
  } finally {
    await nats.close()
  }
}

/** The findings of a check, or the one that it has failed. */
async function settled(subject: string, finding: Promise<Finding[]>): Promise<Finding[]> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    const error = new Error(`it has not ended within ${checkSecondsMax} s`)
    timer = setTimeout(() => reject(error), checkSecondsMax * 1_000)
  })
  try {
    return await Promise.race([finding, tooLate])
  } catch (error) {
    return [
      {
        code: 'check_failed',
        problem: `the check of ${subject} has failed: ${explainError(error)}`,
        remedy: 'mend what else is listed, and run npx frontdesk doctor again',
      },
    ]
  } finally {
    clearTimeout(timer)
  }
}

function withoutJetStream(error: Error): Finding {
  return {
    code: 'no_jetstream',
    problem: explainError(error),
    remedy: 'correct NATS_URL, or start the server with JetStream; nothing else was checked',
  }
}

function unconnected(error: Error, { data }: Settings): Finding {
  const problem = explainError(error)
  if (error instanceof NotRunning)
    return {
      code: 'not_running',
      problem: `no NATS server runs for the data folder ${data}`,
      remedy: 'run npm start, or set NATS_URL to a server that runs',
    }
  if (isRefusal(error))
    return {
      code: 'nats_refused',
      problem,
      remedy: 'check the user and the password in NATS_URL, NATS_CREDS and NATS_NKEY, and NATS_CA',
    }
  return {
    code: 'nats_unreachable',
    problem,
    remedy: 'start NATS, or correct NATS_URL; see that the network and its firewall let this machine through',
  }
}
