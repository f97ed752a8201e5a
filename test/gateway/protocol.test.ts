import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { loginErrors } from '../../schemas/protocol/widget.ts'
import { refusals } from '../../workers/gateway/http/refusals.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const protocol = readFileSync(join(root, 'workers/gateway/PROTOCOL.md'), 'utf8')

/** The types of the frames, by the first cell of their table's head. */
const frameTypes = [
  ['Frames of the client', 'z.input<typeof widget.widgetFrame>'],
  ['Frames of the gateway', 'widget.GatewayFrame'],
  ['from the desk', 'z.input<typeof desk.deskFrame>'],
  ['to the desk', 'desk.DeskGatewayFrame'],
] as const

/** The types of a request's body or query and of its answer. Requests without one have no shape. */
const httpTypes: Record<string, [question: string | null, answer: string | null]> = {
  'GET configuration': [null, '{ documents: admin.StoredDocumentAnswer[] }'],
  'PUT configuration/<kind>/<id>': [null, '{ revision: number }'],
  'DELETE configuration/<kind>/<id>': [null, '{ users: string[] }'],
  'GET configuration/<kind>/<id>/revisions': [null, '{ revisions: admin.DocumentRevisionAnswer[] }'],
  'GET changes': [null, '{ kind: string; id: string }'],
  'POST hours': ['z.input<typeof admin.hoursQuestion>', 'admin.HoursAnswer'],
  'POST preview': ['z.input<typeof admin.previewQuestion>', 'admin.PreviewAnswer'],
  'POST check-bot': ['z.input<typeof admin.botQuestion>', 'admin.CheckedBot'],
  'POST preview-bot': ['z.input<typeof admin.botPreviewQuestion>', 'admin.BotPreviewAnswer'],
  'POST draw-bot': ['z.input<typeof admin.botDrawingQuestion>', 'admin.BotDrawingAnswer'],
  'POST import/ics': ['z.input<typeof admin.icsQuestion>', 'admin.CalendarImport'],
  'POST import/zendesk-schedules': [null, 'admin.ImportAnswer'],
  'GET keys': [null, '{ keys: admin.KeyAnswer[] }'],
  'POST keys': ['z.input<typeof admin.newKey>', 'admin.KeyAnswer & { secret: string }'],
  'DELETE keys/<kid>': [null, null],
  'GET people': [null, '{ people: admin.PersonAnswer[] }'],
  'POST people/sign-out': ['z.input<typeof admin.personQuestion>', null],
  'GET audit': ['z.input<typeof audit.auditQuestion>', 'audit.AuditAnswer'],
  'GET audit.csv': [null, null],
  'GET conversations': ['z.input<typeof inspector.findQuestion>', 'inspector.FindAnswer'],
  'GET stuck': [null, 'inspector.StuckAnswer'],
  'GET refusals': ['z.input<typeof inspector.refusalsQuestion>', 'inspector.RefusalsAnswer'],
  'GET dead-letters': [null, 'inspector.DeadLettersAnswer'],
  'GET dead-letters/<seq>': [null, 'inspector.DeadLetterAnswer'],
  'POST dead-letters/<seq>/requeue': [null, null],
  'POST dead-letters/<seq>/discard': [null, null],
  'GET conversations/<id>/steps': [null, 'inspector.InspectorFrame'],
  'GET conversations/<id>/steps/<seq>': [null, 'inspector.StepAnswer'],
  'POST conversations/<id>/what-if': ['z.input<typeof inspector.whatIfQuestion>', 'inspector.WhatIfAnswer'],
  'GET machines/<id@version>/drawing': [null, null],
}

/** The fields of an object as the document has them: several shapes are variants of one union. */
interface Shape {
  [field: string]: { isOptional: boolean; value: Shape[] }
}

/** Reads `{"kind", "bot"?: {"text"}, "problems"?: […]}` and `agent: {id, name}`; values that are no shapes are skipped. */
function shapeOf(text: string): Shape {
  let rest = text
  const take = (pattern: RegExp) => {
    const [found] = pattern.exec(rest) ?? []
    rest = rest.slice(found?.length ?? 0)
    return found
  }
  const valueAt = (): Shape[] => {
    if (take(/^\s*\{/) !== undefined) return [fieldsAt('}')]
    if (take(/^\s*\[/) === undefined) {
      take(/^[^,{}[\]]*/)
      return []
    }
    const values: Shape[] = []
    while (take(/^\s*\]/) === undefined) {
      values.push(...valueAt())
      take(/^\s*,/)
    }
    return values
  }
  const fieldsAt = (end: string): Shape => {
    const shape: Shape = {}
    while (take(/^\s*…?\s*\}/) === undefined) {
      const name = take(/^\s*"?[\w-]+"?/)
      if (name === undefined) throw new Error(`no field before ${rest || `the ${end}`} in ${text}`)
      const isOptional = take(/^\s*\?/) !== undefined
      const value = take(/^\s*:/) === undefined ? [] : valueAt()
      take(/^[^,}]*/)
      take(/^,/)
      shape[name.replaceAll('"', '').trim()] = { isOptional, value }
    }
    return shape
  }
  take(/^\s*\{/)
  return fieldsAt('}')
}

/** The rows of the tables in a part of the document, by cells. */
function rowsOf(part: string): string[][] {
  return part
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| ---'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    )
}

/** The table whose head, or the last heading above it, has these words. */
function tableUnder(words: string): string[][] {
  const [, after = ''] = protocol.split(new RegExp(`^(?:#+ ${words}$|\\| ${words} \\|)`, 'm'))
  const [table = ''] = /(?:^\|.*\n)+/m.exec(after.replace(/^[^\n]*\n/, '')) ?? []
  return rowsOf(table).filter(([cell = '']) => cell.includes('`') && cell !== '`type`')
}

const codeIn = (cell = '') => /`([^`]+)`/.exec(cell)?.[1] ?? cell
const shapesIn = (cell: string) => [...cell.matchAll(/`(\{"[^`]+\})`/g)].map(([, shape]) => shape as string)

/** What a TypeScript program says of the shapes: each is compared with its type, field by field. */
function comparison(type: string, shapes: Shape[], what: string): string[] {
  const names = [...new Set(shapes.flatMap((shape) => Object.keys(shape)))]
  const required = names.filter((name) => shapes.every((shape) => shape[name]?.isOptional === false))
  const union = (words: string[]) => words.map((word) => `'${word}'`).join(' | ') || 'never'
  const nested = names.flatMap((name) => {
    const values = shapes
      .flatMap((shape) => shape[name]?.value ?? [])
      .filter((value) => Object.keys(value).length)
    return values.length > 0 ? comparison(`At<${type}, '${name}'>`, values, `${what}, ${name}`) : []
  })
  return [
    `export const _: Fields<${type}> = {} as [${union(names)}, ${union(required)}] // ${what}`,
    `export const _: [${union(names)}, ${union(required)}] = {} as Fields<${type}> // ${what}`,
    ...nested,
  ]
}

function frameComparisons(): string[] {
  return frameTypes.flatMap(([table, type]) => {
    const rows = tableUnder(table)
    const types = [...new Set(rows.map(([cell]) => codeIn(cell)))]
    const frames = types.flatMap((frame) => {
      const shapes = rows
        .filter(([cell]) => codeIn(cell) === frame)
        .map(([, fields = '']) => [...fields.matchAll(/`([^`]+)`/g)].map(([, field]) => field))
        .map((fields) => shapeOf(`{type: "${frame}"${fields.map((field) => `, ${field}`).join('')}}`))
      return comparison(`Extract<${type}, { type: '${frame}' }>`, shapes, `${table}: ${frame}`)
    })
    const all = types.map((frame) => `'${frame}'`).join(' | ')
    return [
      ...frames,
      `export const _: ${all} = {} as ${type}['type'] // ${table}: a type is missing`,
      `export const _: ${type}['type'] = {} as ${all} // ${table}: a type is unknown`,
    ]
  })
}

function httpComparisons(): string[] {
  const rows = [...protocol.matchAll(/^\| request \| answer \|\n\| ---.*\n((?:\|.*\n)+)/gm)].flatMap(
    ([, table = '']) => rowsOf(table),
  )
  expect(rows.map(([request]) => codeIn(request))).toEqual(Object.keys(httpTypes))
  return rows.flatMap(([cell, text = '']) => {
    const request = codeIn(cell)
    const [question, answer] = httpTypes[request] as [string | null, string | null]
    const [asked = '', answered = ''] = text.includes('→') ? text.split('→') : ['', text]
    const compared = (type: string | null, shapes: string[]) => {
      expect([request, shapes.length > 0]).toEqual([request, type !== null])
      return type === null ? [] : comparison(type, shapes.map(shapeOf), request)
    }
    return [...compared(question, shapesIn(asked)), ...compared(answer, shapesIn(answered))]
  })
}

const head = `
import type { z } from 'zod'
import type * as admin from '../../schemas/protocol/admin.ts'
import type * as audit from '../../schemas/protocol/audit.ts'
import type * as desk from '../../schemas/protocol/desk.ts'
import type * as inspector from '../../schemas/protocol/inspector.ts'
import type * as problem from '../../schemas/problem.ts'
import type * as widget from '../../schemas/protocol/widget.ts'
type AllKeys<T> = T extends unknown ? keyof T : never
type RequiredKeys<T> = { [K in keyof T]-?: {} extends Pick<T, K> ? never : K }[keyof T]
type Fields<T> = [AllKeys<T>, RequiredKeys<T>]
type Item<T> = T extends readonly (infer I)[] ? I : T
type At<T, K> = Item<NonNullable<T extends unknown ? (K extends keyof T ? T[K] : never) : never>>
export type Used = [admin.KeyAnswer, audit.AuditedAct, desk.DeskFrame, inspector.FindAnswer, problem.Problem, widget.ErrorFrame, z.ZodError]
`

/** The comparisons that do not hold, in words. */
async function deviations(comparisons: string[]): Promise<string[]> {
  // Inside the tree, so that zod is found.
  const folder = await mkdtemp(join(root, 'test/.protocol-'))
  try {
    const lines = comparisons.map((line, index) => line.replace('const _', `const c${index}`))
    await writeFile(join(folder, 'shapes.ts'), head + lines.join('\n'))
    const project = {
      extends: '../../tsconfig.json',
      include: ['shapes.ts'],
      compilerOptions: { noEmit: true },
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project))
    const tsc = join(root, 'node_modules/.bin/tsc')
    const program = promisify(execFile)(tsc, ['-p', folder, '--pretty', 'false'])
    const { stdout } = await program.catch((error: { stdout: string }) => error)
    const firstLine = head.split('\n').length
    return stdout
      .split('\n')
      .filter((line) => line.includes('error TS'))
      .map((line) => {
        const [, at] = /shapes\.ts\((\d+),/.exec(line) ?? []
        const what = comparisons[Number(at) - firstLine]?.split(' // ')[1]
        return `${what ?? ''}: ${line}`
      })
  } finally {
    await rm(folder, { recursive: true })
  }
}

it('PROTOCOL.md has the fields of the schemas’ frames, questions and answers', async () => {
  const comparisons = [
    ...frameComparisons(),
    ...httpComparisons(),
    ...comparison(
      'z.input<typeof inspector.ticketQuestion>',
      [shapeOf(shapesIn(protocol).find((shape) => shape.includes('"reveal"')) ?? '')],
      'the question for a ticket',
    ),
    ...comparison(
      'inspector.TicketAnswer',
      [shapeOf(shapesIn(protocol).find((shape) => shape.includes('"ticket"')) ?? '')],
      'a ticket',
    ),
    ...tableUnder('HTTP refusals').flatMap(([cell, , text = '']) => {
      const type = { invalid: 'problem.Invalid', changed_meanwhile: 'admin.ChangedMeanwhile' }[codeIn(cell)]
      const [shape, inner] = shapesIn(text)
      if (!type || !shape) return []
      return [
        ...comparison(type, [shapeOf(shape)], codeIn(cell)),
        ...(inner ? comparison('problem.Problem', [shapeOf(inner)], `${codeIn(cell)}: a problem`) : []),
      ]
    }),
  ]
  expect(comparisons.length).toBeGreaterThan(150)
  expect(await deviations(comparisons)).toEqual([])
})

it('PROTOCOL.md has the codes of all refusals, with their statuses and close codes', () => {
  const documented = {
    ...Object.fromEntries(tableUnder('code of `login`').map(([cell]) => [codeIn(cell), {}])),
    ...Object.fromEntries(
      tableUnder('HTTP refusals').map(([cell, statuses = '']) => [
        codeIn(cell),
        { statuses: statuses.split(', ').map(Number) },
      ]),
    ),
  } as Record<string, { statuses?: number[]; closeCode?: number }>
  for (const [cell, closeCode] of tableUnder('Errors'))
    documented[codeIn(cell)] = {
      ...documented[codeIn(cell)],
      ...(closeCode && { closeCode: Number(closeCode) }),
    }
  const known = Object.entries(refusals).map(([code, { message: _, ...rest }]) => [code, rest])
  expect(documented).toEqual(Object.fromEntries(known))
  expect(tableUnder('code of `login`').map(([cell]) => codeIn(cell))).toEqual([...loginErrors])
})
