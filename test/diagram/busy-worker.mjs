// Answers a number after that many milliseconds of work, and fails on a text.
import { parentPort } from 'node:worker_threads'

parentPort.on('message', (question) => {
  if (typeof question === 'string') return parentPort.postMessage({ error: question })
  const until = performance.now() + question
  while (performance.now() < until);
  parentPort.postMessage({ answer: question })
})
