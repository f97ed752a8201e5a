import { createHash } from 'node:crypto'

/**
 * Which of the partitions are one worker's, where these are alive: each partition goes to the worker that weighs
 * most for it (rendezvous hashing), so that they spread evenly and only move where they must.
 */
export function partitionsOf(worker: string, alive: readonly string[], partitions: number): Set<number> {
  const own = new Set<number>()
  for (let partition = 0; partition < partitions; partition++)
    if (heaviest(alive, partition) === worker) own.add(partition)
  return own
}

function heaviest(workers: readonly string[], partition: number): string | undefined {
  let heaviest: string | undefined
  let most = ''
  for (const worker of workers) {
    const weight = createHash('sha1').update(`${worker} ${partition}`).digest('hex')
    if (weight > most) {
      heaviest = worker
      most = weight
    }
  }
  return heaviest
}
