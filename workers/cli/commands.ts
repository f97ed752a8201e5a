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
  mailer: {
    synopsis: 'mailer',
    summary: 'run a mailer alone: it sends e-mails to customers who have left; several share the work',
    load: async () => ({ default: (await import('./run/worker-commands.ts')).mailer }),
  },
  gateway: {
    synopsis: 'gateway',
    summary: 'run a gateway alone: the widget, the desk, the administration, the inspector',
    load: () => import('./run/gateway.ts'),
  },
  config: {
    synopsis: 'config apply|get|delete|import …',
    summary: 'apply, print, import or delete channels, schedules and bots',
    load: () => import('./documents/config.ts'),
  },
  hours: {
    synopsis: 'hours <schedule> [--at <time>]',
    summary: 'print whether a schedule is open, and when next',
    load: () => import('./documents/hours.ts'),
  },
  keys: {
    synopsis: 'keys list|create|revoke …',
    summary: 'manage the keys that sign your users’ logins',
    load: () => import('./access/keys.ts'),
  },
  secrets: {
    synopsis: 'secrets list|set|delete …',
    summary: 'manage the secrets that bots send to APIs',
    load: () => import('./access/secrets.ts'),
  },
  rotate: {
    synopsis: 'rotate signing-key|passwords',
    summary: 'replace a secret of frontdesk’s own while everything runs',
    load: () => import('./access/rotate.ts'),
  },
  audit: {
    synopsis: 'audit [--since <time|duration>] [--json]',
    summary: 'print who changed, revealed, erased or exported what, and when',
    load: () => import('./access/audit.ts'),
  },
  'sign-in': {
    synopsis: 'sign-in <name> [--role <role>]',
    summary: 'print a link that signs in an agent, an administrator or an engineer',
    load: () => import('./access/sign-in.ts'),
  },
  'sign-out': {
    synopsis: 'sign-out <id>|--all',
    summary: 'end the sign-ins of a person, or every one of agents, administrators and engineers',
    load: () => import('./access/sign-out.ts'),
  },
  chat: {
    synopsis: 'chat [channel]',
    summary: 'chat as a customer in the terminal',
    load: () => import('./talk/chat.ts'),
  },
  desk: {
    synopsis: 'desk [workspace]',
    summary: 'answer as an agent in the terminal',
    load: () => import('./talk/desk.ts'),
  },
  transcript: {
    synopsis: 'transcript <conversation>',
    summary: 'print the messages of a conversation',
    load: () => import('./conversations/transcript.ts'),
  },
  inspect: {
    synopsis: 'inspect <conversation>',
    summary: 'open a conversation in the inspector',
    load: () => import('./conversations/inspect.ts'),
  },
  replay: {
    synopsis: 'replay <conversation>|--all [--machine <machine>]',
    summary: 'decide stored events again and print differences',
    load: () => import('./conversations/replay.ts'),
  },
  export: {
    synopsis: 'export <email or externalId>',
    summary: 'print all stored data of one customer',
    load: () => import('./conversations/export.ts'),
  },
  erase: {
    synopsis: 'erase <conversation>',
    summary: 'remove all data of a conversation',
    load: () => import('./conversations/erase.ts'),
  },
  deadletters: {
    synopsis: 'deadletters [list|show|requeue|discard]',
    summary: 'list, show, requeue or discard dead letters',
    load: () => import('./conversations/deadletters.ts'),
  },
  webhooks: {
    synopsis: 'webhooks [list|failed|replay]',
    summary: 'print how far webhooks have got and what failed, and send it again',
    load: () => import('./conversations/webhooks.ts'),
  },
  numbers: {
    synopsis: 'numbers [workspace] [--days <n>] [--csv|--json]',
    summary: 'print how long customers waited for agents',
    load: () => import('./conversations/numbers.ts'),
  },
  diagram: {
    synopsis: 'diagram <machine|bot> [--svg|--png|--mermaid]',
    summary: 'draw a machine or a bot as a statechart',
    load: () => import('./documents/diagram.ts'),
  },
  describe: {
    synopsis: 'describe <asyncapi|openapi|json-schema>',
    summary: 'print the formats of events, frames and HTTP for programs',
    load: () => import('./documents/describe.ts'),
  },
  doctor: {
    synopsis: 'doctor [--json]',
    summary: 'print what is wrong with this installation, and what to do',
    load: () => import('./doctor/doctor.ts'),
  },
  recover: {
    synopsis: 'recover',
    summary: 'make the streams consistent after a power cut',
    load: () => import('./upkeep/recover.ts'),
  },
  backup: {
    synopsis: 'backup <folder>',
    summary: 'write everything into a folder, while frontdesk runs',
    load: () => import('./upkeep/backup.ts'),
  },
  restore: {
    synopsis: 'restore <folder>',
    summary: 'bring a backup back into an empty NATS',
    load: () => import('./upkeep/restore.ts'),
  },
}
