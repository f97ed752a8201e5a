/** What a source needs to fetch with. */
export type FetchOptions = {
  env: NodeJS.ProcessEnv
  report: (line: string) => void
}

/** Where a nats-server may come from. `undefined`: this place has none for us; an error: it must not be used. */
export type Source = (work: string, options: FetchOptions) => Promise<string | undefined>
