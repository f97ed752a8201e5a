// A layout takes up to seconds without a pause: in a thread of its own it blocks nothing else.
import { parentPort } from 'node:worker_threads'
import Elk from 'elkjs/lib/elk.bundled.js'

const elk = new Elk()

parentPort.on('message', async (graph) => {
  try {
    parentPort.postMessage({ answer: await elk.layout(graph) })
  } catch (error) {
    parentPort.postMessage({ error: String(error?.message ?? error) })
  }
})
