import type { Problem } from '../../../schemas/problem.ts'

export type Path = readonly (string | number)[]

/** A document that somebody edits. */
export interface Draft<T> {
  /** The stored version that the editor has followed; `null`: not stored yet. */
  base: { revision: number; document: T } | null
  document: T
  /** The version that somebody else has stored since; `null`: they deleted it; `undefined`: no conflict. */
  theirs?: { revision: number; document: T } | null
  problems: readonly Problem[]
}

/** Follows the stored version. An editor with changes keeps them, and has a conflict. */
export function follow<T>(
  draft: Draft<T>,
  stored: { revision: number; document: T; problems?: readonly Problem[] } | null,
): Draft<T> {
  const { theirs: _, ...rest } = draft
  if ((stored?.revision ?? 0) === (draft.base?.revision ?? 0)) return rest
  // A read may be older than the save before it.
  if (stored && draft.base && stored.revision < draft.base.revision) return draft
  if (stored && isSame(stored.document, draft.document)) return { ...rest, base: stored }
  if (stored && !isChanged(draft))
    return { base: stored, document: stored.document, problems: stored.problems ?? [] }
  return { ...draft, theirs: stored }
}

/** Resolves a conflict: takes their version, or puts mine on top of it. */
export function settle<T>(draft: Draft<T>, choice: 'theirs' | 'mine'): Draft<T> {
  const { theirs } = draft
  if (theirs === undefined) return draft
  if (choice === 'mine') return { base: theirs, document: draft.document, problems: draft.problems }
  return theirs
    ? { base: theirs, document: theirs.document, problems: [] }
    : { base: null, document: draft.document, problems: [] }
}

export function isChanged<T>({ base, document }: Draft<T>): boolean {
  return base === null || !isSame(base.document, document)
}

/** Sets a field to a value. `undefined` removes the field, and the objects that this leaves empty. */
export function change<T>(draft: Draft<T>, path: Path, value: unknown): Draft<T> {
  return {
    ...draft,
    document: set(draft.document, path, value) as T,
    problems: draft.problems.filter(
      (problem) => !isWithin(problem.path, path) && !isWithin(path, problem.path),
    ),
  }
}

/** The value of a field. */
export function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | undefined)?.[key],
    document,
  )
}

export interface DocumentDifference {
  path: Path
  mine: unknown
  theirs: unknown
}

/** The fields that differ; a list is one field. */
export function differences(mine: unknown, theirs: unknown, path: Path = []): DocumentDifference[] {
  if (isSame(mine, theirs)) return []
  if (!isObject(mine) && !isObject(theirs)) return [{ path, mine, theirs }]
  if ((mine !== undefined && !isObject(mine)) || (theirs !== undefined && !isObject(theirs)))
    return [{ path, mine, theirs }]
  const keys = new Set([...Object.keys(mine ?? {}), ...Object.keys(theirs ?? {})])
  return [...keys].flatMap((key) => differences(mine?.[key], theirs?.[key], [...path, key]))
}

/** Whether two values say the same; in an object, what is `undefined` is not there. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]))
  if (!isObject(a) || !isObject(b)) return false
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isSame(a[key], b[key]))
}

export function isWithin(path: Path, outer: Path): boolean {
  return outer.every((key, index) => path[index] === key)
}

function set(value: unknown, [key, ...rest]: Path, next: unknown): unknown {
  if (key === undefined) return next
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? set(item, rest, next) : item))
  const { [key]: before, ...others } = (isObject(value) ? value : {}) as Record<string | number, unknown>
  const after = set(before, rest, next)
  const isGone =
    after === undefined || (rest.length > 0 && isObject(after) && Object.keys(after).length === 0)
  if (isGone) return others
  // In its place, so that nothing jumps about.
  return before === undefined ? { ...others, [key]: after } : { ...(value as object), [key]: after }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
