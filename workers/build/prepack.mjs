// @ts-check
import { build } from './build.mjs'
import { buildTypes } from './types.mjs'

// The package holds one build, without the files of earlier ones.
await build(0)
await buildTypes()
