import type { Line, Point } from '../../schemas/protocol/drawing.ts'
import { clockRadius } from './set-text.ts'

const cornerRadius = 7
const head = { length: 8, width: 7 }

/** A line through these points, with round corners and an arrow's head at its end. */
export function lineThrough(points: readonly Point[]): Line {
  const last = points.at(-1) as Point
  const before = points.findLast(({ x, y }) => x !== last.x || y !== last.y) ?? last
  const along = direction(before, last)
  // The head covers the end, whose corners would stand out.
  const end = { x: last.x - along.x * (head.length - 1), y: last.y - along.y * (head.length - 1) }
  const drawn = [...points.slice(0, -1), end]
  const path = drawn.map((point, index) => {
    if (index === 0) return `M${pair(point)}`
    const next = drawn[index + 1]
    if (!next) return `L${pair(point)}`
    const previous = drawn[index - 1] as Point
    const radius = Math.min(cornerRadius, distance(previous, point) / 2, distance(point, next) / 2)
    const arrival = direction(previous, point)
    const departure = direction(point, next)
    const curveStart = { x: point.x - arrival.x * radius, y: point.y - arrival.y * radius }
    const curveEnd = { x: point.x + departure.x * radius, y: point.y + departure.y * radius }
    return `L${pair(curveStart)}Q${pair(point)} ${pair(curveEnd)}`
  })
  return { path: path.join(''), head: headAt(last, along), points: [...points] }
}

/** A circle with hands. */
export function clockPath({ x, y }: Point): string {
  const r = clockRadius
  return `M${tenth(x - r)} ${tenth(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0M${tenth(x)} ${tenth(y - 2.5)}V${tenth(y)}H${tenth(x + 2)}`
}

function headAt(tip: Point, along: Point): string {
  const base = { x: tip.x - along.x * head.length, y: tip.y - along.y * head.length }
  const side = { x: (-along.y * head.width) / 2, y: (along.x * head.width) / 2 }
  const left = { x: base.x + side.x, y: base.y + side.y }
  const right = { x: base.x - side.x, y: base.y - side.y }
  return `M${pair(tip)}L${pair(left)}L${pair(right)}Z`
}

function direction(start: Point, end: Point): Point {
  const length = distance(start, end) || 1
  return { x: (end.x - start.x) / length, y: (end.y - start.y) / length }
}

function distance(start: Point, end: Point): number {
  return Math.hypot(end.x - start.x, end.y - start.y)
}

function pair({ x, y }: Point): string {
  return `${tenth(x)} ${tenth(y)}`
}

/** A coordinate as it is written: a tenth of a pixel is fine enough. */
export function tenth(value: number): number {
  return Math.round(value * 10) / 10
}
