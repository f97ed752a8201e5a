import { userInfo } from 'node:os'
import { variablesOf } from '../../settings/settings.ts'
import { command, givenToken, UsageError } from '../shell/command.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { AgentDesk } from './agent-desk.ts'
import { Terminal } from './terminal.ts'

export default command({
  usage: `
Usage: frontdesk desk [workspace] [options]

An agent's desk in the terminal: lists the open requests of a workspace (default: main), the longest wait first, and
keeps the list up to date. A number accepts that request and shows the whole conversation.

  /take <number>     take over a conversation that a colleague has
  /end               end the conversation
  /release [reason]  put it back in the queue, where it keeps its place
  /transfer <agent|#workspace> [note]
                     put it back for that agent, who is asked first, or in another workspace; keeps its place
  /note <text>       note something for other agents; customers never see it
  /reply <shortcut>  send a saved reply; without its shortcut, or with a part of it or its title, list them
  /back              return to the list and keep the conversation
  /list              show the list
  /quit              leave; what you have accepted stays yours until you are missed. Ctrl-D and Ctrl-C do the same
  /help              list these commands
  //text             send a text that begins with a slash

With piped input it reads one line at a time, waits for a request that is picked, and leaves at the end of the input.

Options:
  --agent <id>   your id; default: the user's name on this machine
  --name <name>  the name that customers see; default: the id
  -h, --help     show this help

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
    return withFrontdesk('desk', async (nats) => {
      let interrupted = false
      const terminal = new Terminal(() => {
        interrupted = true
        desk.leave()
      })
      const desk = new AgentDesk(terminal, nats, { id, name: values.name || id }, workspace)
      await desk.run()
      terminal.close()
      return interrupted ? 130 : 0
    })
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
