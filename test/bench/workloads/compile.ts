import { measureCompile } from '../bots.ts'
import { print, rounded } from '../report.ts'
import type { Workload } from './workload.ts'

const steps = 200

export const compile: Workload = {
  about: 'a bot of 200 steps made a machine, in milliseconds',
  run: async () => {
    const { firstMs, medianMs } = measureCompile(steps, 31)
    print({ workload: 'compile', steps, firstMs: rounded(firstMs, 1), medianMs: rounded(medianMs, 1) })
  },
}
