import { checkDocument, kindOf } from '../../../engine/core/read-document.ts'
import type { Document } from '../../../schemas/configuration/document.ts'
import { lineOf } from '../../../schemas/problem.ts'
import type { FilesRead } from './read-files.ts'

/** Documents of the configuration, read from files. */
export interface DocumentsRead {
  documents: (Document & { place: string })[]
  /** Each as `<file>[index]: <field>: <message>`. */
  problems: string[]
}

/** Checks the objects of files as documents of the configuration. */
export function readDocuments({ objects, problems }: FilesRead): DocumentsRead {
  const read: DocumentsRead = { documents: [], problems: [...problems] }
  const places = new Map<string, string>()
  for (const { place, value } of objects) {
    const kind = kindOf(value)
    const checked = kind.ok ? checkDocument(kind.value, value) : kind
    if (!checked.ok) {
      for (const problem of checked.error.problems) read.problems.push(`${place}: ${lineOf(problem)}`)
      continue
    }
    const { kind: noun, document } = checked.value
    const key = `${noun}.${document.id}`
    const first = places.get(key)
    if (first) read.problems.push(`${place}: id: ${key} is in ${first} already`)
    places.set(key, place)
    read.documents.push({ ...checked.value, place })
  }
  return read
}
