import { print } from '../report.ts'
import type { WorldOptions } from '../world.ts'
import { runHandoff } from './handoff.ts'
import type { Workload } from './workload.ts'

/** Each differs from one engine, 16 partitions, one replica and the default sync in the figures that it names. */
const variants: Partial<WorldOptions>[] = [
  {},
  { engines: 2 },
  { engines: 4 },
  { partitions: 1 },
  { partitions: 4 },
  { sync: 'always' },
  { replicas: 3 },
  { replicas: 3, sync: 'always' },
]

export const scale: Workload = {
  about: 'handoff with several engines, fewer partitions, always, and on three replicas',
  run: async (sizes) => {
    for (const variant of variants) {
      const { engines = 1, partitions = 16, replicas = 1, sync = 'default' } = variant
      const line = await runHandoff(sizes, variant)
      print({ ...line, workload: 'scale', engines, partitions, replicas, sync })
    }
  },
}
