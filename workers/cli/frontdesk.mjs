#!/usr/bin/env -S node --max-semi-space-size=64
// A young generation of 64 MB: an event's objects die before they are ever copied, a fifth of an engine's time.
// The bin is JavaScript: it registers the loader that lets Node read the TypeScript beside it.
import { fileURLToPath } from 'node:url'
import { register } from 'tsx/esm/api'

// Not the tsconfig.json of the folder that somebody happens to be in.
register({ tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)) })
const { main } = await import('./main.ts')
await main(process.argv.slice(2))
