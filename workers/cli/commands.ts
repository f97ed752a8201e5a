import type { AnyCommand } from './shell/command.ts'

/** A command as the overview shows it; the rest is loaded when it is called. */
export interface CommandEntry {
  synopsis: string
  summary: string
  load(): Promise<{ default: AnyCommand }>
}

/** All commands, in the order of the overview. */
export const commands: Record<string, CommandEntry> = {
  start: {
    synopsis: 'start',
    summary: 'run everything on this machine',
    load: () => import('./run/start.ts'),
  },
  engine: {
    synopsis: 'engine',
    summary: 'run an engine alone; several share the work',
    load: async () => ({ default: (await import('./run/worker-commands.ts')).engine }),
  },
  notifier: {
    synopsis: 'notifier',
    summary: 'run a notifier alone; others stand by',
    load: async () => ({ default: (await import('./run/worker-commands.ts')).notifier }),
  },
  caller: {
    synopsis: 'caller',
    summary: 'run a caller alone: it calls APIs for bots; several share the work',
    load: async () => ({ default: (await import('./run/worker-commands.ts')).caller }),
  },
  gateway: {
    synopsis: 'gateway',
    summary: 'run a gateway alone: the widget, the desk, the administration, the inspector',
    load: () => import('./run/gateway.ts'),
  },
  config: {
    synopsis: 'config apply|get|delete|import …',
    summary: 'channels, schedules and bots',
    load: () => import('./documents/config.ts'),
  },
  hours: {
    synopsis: 'hours <schedule> [--at <time>]',
    summary: 'whether a schedule is open, and when next',
    load: () => import('./documents/hours.ts'),
  },
  keys: {
    synopsis: 'keys list|create|revoke …',
    summary: 'keys that sign who your own users are',
    load: () => import('./access/keys.ts'),
  },
  secrets: {
    synopsis: 'secrets list|set|delete …',
    summary: 'what bots show to the APIs that they call',
    load: () => import('./access/secrets.ts'),
  },
  'sign-in': {
    synopsis: 'sign-in <name> [--role <role>]',
    summary: 'a link that signs in an agent, an administrator or an engineer',
    load: () => import('./access/sign-in.ts'),
  },
  chat: {
    synopsis: 'chat [channel]',
    summary: 'be the customer, in a terminal',
    load: () => import('./talk/chat.ts'),
  },
  desk: {
    synopsis: 'desk [workspace]',
    summary: 'be the agent, in a terminal',
    load: () => import('./talk/desk.ts'),
  },
  transcript: {
    synopsis: 'transcript <conversation>',
    summary: 'what was said in a conversation',
    load: () => import('./conversations/transcript.ts'),
  },
  inspect: {
    synopsis: 'inspect <conversation>',
    summary: 'what a conversation did, and why',
    load: () => import('./conversations/inspect.ts'),
  },
  replay: {
    synopsis: 'replay <conversation>|--all [--machine <machine>]',
    summary: 'decide stored events again: what would come out differently',
    load: () => import('./conversations/replay.ts'),
  },
  export: {
    synopsis: 'export <email or externalId>',
    summary: 'everything that is stored of one customer',
    load: () => import('./conversations/export.ts'),
  },
  erase: {
    synopsis: 'erase <conversation>',
    summary: 'remove everything of a conversation',
    load: () => import('./conversations/erase.ts'),
  },
  deadletters: {
    synopsis: 'deadletters [list|show|requeue|discard]',
    summary: 'what could not be understood',
    load: () => import('./conversations/deadletters.ts'),
  },
  diagram: {
    synopsis: 'diagram <machine|bot> [--svg|--png|--mermaid]',
    summary: 'a machine or a bot drawn as a statechart',
    load: () => import('./documents/diagram.ts'),
  },
  recover: {
    synopsis: 'recover',
    summary: 'let engines go on after a power cut',
    load: () => import('./conversations/recover.ts'),
  },
}
