import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { transcriptOf } from './render.ts'
import { tales } from './tales.ts'

const folder = new URL('./', import.meta.url)
const fileOf = (name: string) => new URL(`${name}.txt`, folder)

// FRONTDESK_UPDATE=1 rewrites the files; a reviewer reads their diff.
const update = process.env.FRONTDESK_UPDATE === '1'

describe('a story goes as its transcript says', () => {
  it.each(tales.map((tale) => [tale.name, tale] as const))('%s', (name, tale) => {
    const actual = transcriptOf(tale)
    if (update) writeFileSync(fileOf(name), actual)
    expect(existsSync(fileOf(name)), 'FRONTDESK_UPDATE=1 writes it').toBe(true)
    expect(actual).toBe(readFileSync(fileOf(name), 'utf8'))
  })

  it('there is no transcript of a story that is told no more', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.txt'))
    expect(files.sort()).toEqual(tales.map(({ name }) => `${name}.txt`).sort())
  })
})
