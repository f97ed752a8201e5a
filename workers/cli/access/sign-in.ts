import { agentFieldLengthMax } from '../../../schemas/limits.ts'
import { isStaffRole, staffRoleNames } from '../../../schemas/roles.ts'
import { codePoints } from '../../../schemas/token.ts'
import { signInLink } from '../../gateway/identity/one-time-codes.ts'
import { variablesOf } from '../../settings/settings.ts'
import { command, givenToken, UsageError } from '../shell/command.ts'
import { withRunning } from '../shell/connect-to-running.ts'
import { warn } from '../shell/report.ts'
import { answerSecret } from '../shell/secret-answer.ts'
import { signInHere } from './sign-in-here.ts'

export default command({
  usage: `
Usage: frontdesk sign-in <name> [--role ${staffRoleNames.join('|')}] [--workspace <workspace>]… [--file <path>]

Prints a link that signs somebody in to the gateway on this machine as an agent, an administrator or an engineer.
It works once, within 10 minutes, in a browser on this machine. From other machines people sign in with the
company's identity provider (FRONTDESK_OIDC_*); or, if FRONTDESK_REMOTE_SIGN_IN is set here and for the gateway, with
a link to FRONTDESK_PUBLIC_URL, over HTTPS or by a container's published port. Engineers can read conversations, customers' texts included.

Options:
  --role <role>            agent (default), administrator or engineer
  --workspace <workspace>  a workspace of the agent; may be repeated; default: all
  --file <path>            write the link to a new file that only you can read, and print the file's path
  -h, --help               show this help

Examples:
  npx frontdesk sign-in Ann
  npx frontdesk sign-in Bob --role administrator
`,
  options: {
    role: { type: 'string' },
    workspace: { type: 'string', multiple: true },
    file: { type: 'string' },
  },
  environment: variablesOf.signIn,
  async run({ values, positionals }) {
    if (positionals.length !== 1) throw new UsageError('sign-in takes one name')
    const name = (positionals[0] as string).trim()
    if (name === '' || codePoints(name) > agentFieldLengthMax)
      throw new UsageError(`a name has 1 to ${agentFieldLengthMax} characters`)
    const { role = 'agent', workspace } = values
    if (!isStaffRole(role)) throw new UsageError(`--role is one of ${staffRoleNames.join(', ')}`)
    const workspaces = workspace?.map((each) => givenToken('--workspace', each)) ?? 'all'
    // Other capitals or spaces are the same person.
    const id = name.toLowerCase().replace(/\s+/g, '-')
    await withRunning('sign-in', async (nats, settings) => {
      await answerSecret(values.file, async () => {
        const { code, gateway, answers } = await signInHere(nats, settings, { role, id, name, workspaces })
        if (!answers) warn(`no gateway answers at ${gateway}: does one run on this machine?`)
        return `${signInLink(gateway, role, code)}\n`
      })
    })
    return 0
  },
})
