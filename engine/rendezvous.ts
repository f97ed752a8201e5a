import { createHash } from 'node:crypto'

/**
 * The partitions of one worker among the live ones: each partition goes to the worker with the highest weight for it
 * (rendezvous hashing), so that they spread evenly and few of them move.
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
