import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ElkNode } from 'elkjs/lib/elk-api.js'
import { projectFile } from '../build/project-folder.mjs'

/** A statechart that ELK cannot place, or not in time. */
export class LayoutFailed extends Error {}

/** The longest that a layout may take; one of 60 states takes about a second. */
const layoutMsMax = 20_000
/** A thread that is idle for this long is ended, to free its memory. */
const idleMsMax = 60_000
const memoryMbMax = 512

/** The most layouts that may wait: more would take minutes. */
const waitingMax = 32

let waiting = 0
let worker: Worker | undefined
let idle: NodeJS.Timeout | undefined
let before: Promise<unknown> = Promise.resolve()

/** Places a graph's nodes in a worker thread, one graph after another. Throws LayoutFailed. */
export async function runElk(graph: ElkNode): Promise<ElkNode> {
  if (waiting >= waitingMax) throw new LayoutFailed('too many drawings are asked for at once')
  waiting++
  const placed = before.then(() => runAlone(graph))
  before = placed.catch(() => {})
  try {
    return await placed
  } finally {
    waiting--
  }
}

async function runAlone(graph: ElkNode): Promise<ElkNode> {
  clearTimeout(idle)
  worker ??= new Worker(projectFile('workers/diagram/elk-worker.mjs'), {
    resourceLimits: { maxOldGenerationSizeMb: memoryMbMax },
  })
  const thread = worker
  // The thread keeps the process alive only while a layout runs.
  thread.ref()
  thread.postMessage(graph)
  try {
    const [answer] = await once(thread, 'message', { signal: AbortSignal.timeout(layoutMsMax) })
    if ('error' in answer) throw new Error(answer.error)
    thread.unref()
    idle = setTimeout(end, idleMsMax)
    idle.unref()
    return answer.graph
  } catch (error) {
    end()
    const { name, message } = error as Error
    const why = name === 'AbortError' ? `takes longer than ${layoutMsMax / 1000} s` : message
    throw new LayoutFailed(`cannot be laid out: ${why}`, { cause: error })
  }
}

/** Ignores errors of the thread after it was ended. */
function end(): void {
  worker?.on('error', () => {})
  void worker?.terminate()
  worker = undefined
}
