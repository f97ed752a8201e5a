/** The options of a source. */
export interface FetchOptions {
  env: NodeJS.ProcessEnv
  report: (line: string) => void
}

/** Fetches a nats-server into a folder. `undefined`: it has none for this machine. Throws where it must not be used. */
export type Source = (work: string, options: FetchOptions) => Promise<string | undefined>
