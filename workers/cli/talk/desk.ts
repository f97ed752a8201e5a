import { userInfo } from 'node:os'
import { readSettings, variablesOf } from '../../settings/settings.ts'
import { command, givenToken, UsageError } from '../shell/command.ts'
import { connectToFrontdesk } from '../shell/connect-to-running.ts'
import { AgentDesk } from './agent-desk.ts'
import { Terminal } from './terminal.ts'

export default command({
  usage: `
Usage: frontdesk desk [workspace] [options]

Be the agent: lists the open requests of a workspace (default: main), the one that has waited longest first,
and keeps the list up to date. A number picks a request, which accepts it and shows the whole conversation.

  /end               ends the conversation
  /release [reason]  puts it back in the queue, where it keeps its place
  /back              returns to the list and keeps the conversation
  /list              shows the list
  /quit              leaves; what was accepted stays accepted. Ctrl-D and Ctrl-C do, too
  /help              says this
  //text             a text that begins with a slash

Piped, it reads a line at a time, waits for a request that is picked, and leaves at the end of its input.

Options:
  --agent <id>   who you are; default: the name of the user on this machine
  --name <name>  what customers read; default: the same
  -h, --help     this

Examples:
  npx frontdesk desk
  npx frontdesk desk support --agent ana --name Ana
  printf '1\\nHello\\n/end\\n' | npx frontdesk desk
`,
  options: { agent: { type: 'string' }, name: { type: 'string' } },
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    if (positionals.length > 1) throw new UsageError('desk takes one workspace')
    const workspace = givenToken('workspace', positionals[0] ?? 'main')
    const id = values.agent ?? userName()
    if (id === '') throw new UsageError('--agent: must not be empty')
    const nats = await connectToFrontdesk(readSettings(process.env), 'desk')
    let interrupted = false
    const terminal = new Terminal(() => {
      interrupted = true
      desk.leave()
    })
    const desk = new AgentDesk(terminal, nats, { id, name: values.name || id }, workspace)
    await desk.run()
    terminal.close()
    await nats.close()
    return interrupted ? 130 : 0
  },
})

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // This user has no entry, as in some containers.
    return 'agent'
  }
}
