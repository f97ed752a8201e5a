import type { ElkNode } from 'elkjs/lib/elk-api.js'
import { projectFile } from '../build/project-folder.mjs'
import { Unanswered, WorkerThread } from './worker-thread.ts'

/** A statechart that ELK cannot place, or not in time. */
export class LayoutFailed extends Error {}

const thread = new WorkerThread<ElkNode, ElkNode>(() => projectFile('workers/diagram/elk-worker.mjs'), {
  // A layout of 60 states takes about a second.
  answerMsMax: 20_000,
  memoryMbMax: 512,
  // More would take minutes.
  waitingMax: 32,
})

/**
 * Places a graph's nodes in a worker thread, one graph after another. Throws LayoutFailed.
 *
 * @param signal ends the layout
 */
export async function runElk(graph: ElkNode, signal?: AbortSignal): Promise<ElkNode> {
  try {
    return await thread.ask(graph, signal)
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error
    throw new LayoutFailed(`cannot be laid out: ${error.message}`, { cause: error })
  }
}
