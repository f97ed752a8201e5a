import { parentPort } from 'node:worker_threads'
import { convert } from 'html-to-text'

/** Deeper elements are left out: html-to-text calls itself for each level. */
const depthMax = 256

parentPort?.on('message', (html: string) => {
  try {
    parentPort?.postMessage({ answer: convert(html, { limits: { maxDepth: depthMax } }) })
  } catch (error) {
    parentPort?.postMessage({ error: (error as Error).stack ?? String(error) })
  }
})
