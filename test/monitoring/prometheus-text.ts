/** A value of the text format, by its name and labels: `frontdesk_agents{state="online"}`. */
export type Samples = Map<string, number>

const label = '[a-z_]+="(?:[^"\\\\\\n]|\\\\.)*"'
const sample = new RegExp(`^([a-z_][a-z0-9_]*(?:\\{${label}(?:,${label})*\\})?) (\\S+)$`)

/** Reads the text format of Prometheus. Throws at a line that is none. */
export function readSamples(text: string): Samples {
  const samples: Samples = new Map()
  for (const line of text.split('\n')) {
    if (line === '' || /^# (HELP|TYPE) [a-z_][a-z0-9_]* /.test(line)) continue
    const [, key, value] = sample.exec(line) ?? []
    if (key === undefined || Number.isNaN(Number(value?.replace('Inf', 'Infinity'))))
      throw new Error(`not a sample: ${line}`)
    if (samples.has(key)) throw new Error(`twice: ${line}`)
    samples.set(key, Number(value))
  }
  return samples
}
