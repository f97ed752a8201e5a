import type { Launched } from '../processes.ts'

export interface TrialOptions {
  /** Conversations at a time. */
  inFlight: number
  /** The disk has what is acknowledged. */
  always: boolean
  /** An empty folder for data. */
  folder: string
}

/** A contender's processes, and the address that a client connects to. */
export interface Running {
  address: string
  /** The server's version, as it prints it. */
  version: string
  processes: Launched[]
  stop(): Promise<void>
}

/** A client's connection, which has subscribed to all messages. */
export interface Connection {
  /** Sends the event of a step, by its place in the script; settles once it is durable. */
  submit(conversation: string, step: number): Promise<void>
  /** The number of conversations that are durably over. */
  countOver(): Promise<number>
  close(): Promise<void>
}

/** Called with each message that arrives, by its name in the script. */
export type OnMessage = (conversation: string, name: string) => void

/** A way to run the conversation of the script. */
export interface Contender {
  about: string
  /** Whether it also sends the later notifications of agents. */
  hasDuties: boolean
  /** Why it cannot run on this machine, and what helps; `undefined` where it can. */
  lack(): Promise<string | undefined>
  start(options: TrialOptions): Promise<Running>
  connect(address: string, onMessage: OnMessage): Promise<Connection>
}

/** All, in the order of a round; each is read where it is used, so that no client holds another's libraries. */
export const contenders: Record<string, () => Promise<Contender>> = {
  frontdesk: async () => (await import('./frontdesk.ts')).frontdesk,
  'bullmq-duties': async () => (await import('./bullmq.ts')).bullmqDuties,
  bullmq: async () => (await import('./bullmq.ts')).bullmq,
  'pg-outbox': async () => (await import('./pg-outbox.ts')).pgOutbox,
}

export async function contenderOf(name: string): Promise<Contender> {
  const read = contenders[name]
  if (!read) throw new Error(`no contender is named ${name}`)
  return await read()
}
