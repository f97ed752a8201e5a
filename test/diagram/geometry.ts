import type {
  Box,
  Drawing,
  DrawnArrow,
  DrawnState,
  DrawnText,
  Point,
} from '../../schemas/protocol/drawing.ts'
import { textWidth } from '../../workers/diagram/font.ts'

/** All that a drawing of a statechart must not have, each in a sentence. */
export function faultsOf(drawing: Drawing): string[] {
  return [
    ...boxFaults(drawing),
    ...labelFaults(drawing),
    ...lineFaults(drawing),
    ...textFaults(drawing),
    ...frameFaults(drawing),
  ]
}

/** What touches does not overlap, to the tenth of a pixel. */
const tolerance = 0.2

/** Boxes are one within the other, as their states are, or apart. */
function boxFaults({ states }: Drawing): string[] {
  return pairs(states).flatMap(([one, other]) =>
    overlap(one, other) && !isWithin(one, other) && !isWithin(other, one)
      ? [`box ${one.id} overlaps box ${other.id}`]
      : [],
  )
}

function labelFaults({ states, arrows, beginnings }: Drawing): string[] {
  const labels = arrows.flatMap((arrow) => (arrow.label ? [{ arrow, box: arrow.label }] : []))
  const lit = (arrow: DrawnArrow) => `label of ${arrow.id} (${arrow.words})`
  return [
    ...pairs(labels).flatMap(([one, other]) =>
      overlap(one.box, other.box) ? [`${lit(one.arrow)} overlaps ${lit(other.arrow)}`] : [],
    ),
    ...labels.flatMap(({ arrow, box }) => [
      ...states.flatMap((state) =>
        isApart(box, state, arrow) ? [] : [`${lit(arrow)} is on box ${state.id}`],
      ),
      ...beginnings.flatMap(({ dot, state }) =>
        overlap(box, {
          x: dot.x - dot.radius,
          y: dot.y - dot.radius,
          width: 2 * dot.radius,
          height: 2 * dot.radius,
        })
          ? [`${lit(arrow)} is on the dot of ${state}`]
          : [],
      ),
      ...states.flatMap(({ id, texts }) =>
        texts.flatMap((text) => (overlap(box, boxOf(text)) ? [`${lit(arrow)} is on a text of ${id}`] : [])),
      ),
      // Not where it is said: another line may go through no words.
      ...linesOf({ arrows, beginnings }).flatMap(({ name, points }) =>
        segments(points).some((segment) => overlap(box, segment))
          ? [`line ${name} goes through ${lit(arrow)}`]
          : [],
      ),
    ]),
  ]
}

/** A label is in its state's box where it has no line; beside its line it is in boxes around the line only. */
function isApart(label: Box, state: DrawnState, arrow: DrawnArrow): boolean {
  return !overlap(label, state) || (isWithin(label, state) && (!isLeaf(state) || state.id === arrow.from))
}

function lineFaults({ states, arrows, beginnings }: Drawing): string[] {
  const named = new Map(states.map((state) => [state.id, state]))
  return arrows.flatMap(({ id, from, to, line, isSummary }) => {
    if (!line || to === null) return []
    const ends = [named.get(from), named.get(to)] as [DrawnState, DrawnState]
    const crossed = states.filter(
      (state) =>
        !ends.some((end) => end === state || isWithin(end, state)) &&
        segments(line.points).some((segment) => overlap(segment, state)),
    )
    const entered = isSummary
      ? []
      : ends.filter(
          (end) => isLeaf(end) && segments(line.points).some((segment) => overlap(segment, inside(end))),
        )
    const last = line.points.at(-1) as Point
    const misses = !isOnEdge(last, ends[1]) || (!isSummary && !isOnEdge(line.points[0] as Point, ends[0]))
    const dots = beginnings.filter(({ dot }) =>
      segments(line.points).some((segment) =>
        overlap(segment, {
          x: dot.x - dot.radius,
          y: dot.y - dot.radius,
          width: dot.radius * 2,
          height: dot.radius * 2,
        }),
      ),
    )
    return [
      ...crossed.map((state) => `line ${id} crosses box ${state.id}`),
      ...entered.map((state) => `line ${id} goes into box ${state.id}`),
      ...dots.map(({ state }) => `line ${id} crosses the dot of ${state}`),
      ...(misses ? [`line ${id} does not lead from ${from} to ${to}`] : []),
    ]
  })
}

function textFaults({ states, arrows }: Drawing): string[] {
  const named = new Map(states.map((state) => [state.id, state]))
  const sizes = { name: 13, cause: 11, guard: 11, action: 11, target: 11 }
  const wrong = ({ text, width, as }: DrawnText) =>
    Math.abs(textWidth(text, sizes[as], as === 'name' ? 'bold' : 'regular') - width) > tolerance
  return [
    ...states.flatMap((state) =>
      state.texts.flatMap((text) => [
        ...(isWithin(boxOf(text), state) ? [] : [`“${text.text}” does not fit into ${state.id}`]),
        ...(wrong(text) ? [`“${text.text}” is not as wide as it was measured`] : []),
      ]),
    ),
    ...arrows.flatMap((arrow) => {
      const isListed = !arrow.line || arrow.isSummary
      const around = isListed ? (named.get(arrow.from) as Box) : (arrow.label as Box)
      return arrow.texts.flatMap((text) => [
        ...(isWithin(boxOf(text), around) ? [] : [`“${text.text}” of ${arrow.id} is not in its place`]),
        ...(wrong(text) ? [`“${text.text}” is not as wide as it was measured`] : []),
      ])
    }),
  ]
}

function frameFaults({ width, height, states, arrows }: Drawing): string[] {
  const frame = { x: 0, y: 0, width, height }
  return [
    ...states.flatMap((state) => (isWithin(state, frame) ? [] : [`box ${state.id} is cut off`])),
    ...arrows.flatMap(({ id, label, line }) => [
      ...(label && !isWithin(label, frame) ? [`label of ${id} is cut off`] : []),
      ...(line && !segments(line.points).every((segment) => isWithin(segment, frame))
        ? [`line ${id} is cut off`]
        : []),
    ]),
  ]
}

function linesOf({ arrows, beginnings }: Pick<Drawing, 'arrows' | 'beginnings'>) {
  return [
    ...arrows.flatMap(({ id, line }) => (line ? [{ name: id, points: line.points }] : [])),
    ...beginnings.map(({ state, line }) => ({ name: `to where ${state} begins`, points: line.points })),
  ]
}

function isLeaf({ kind }: DrawnState): boolean {
  return kind === 'atomic' || kind === 'final' || kind === 'history'
}

function isOnEdge({ x, y }: Point, box: Box): boolean {
  const near = (one: number, other: number) => Math.abs(one - other) < 1
  const isInRange = (value: number, from: number, length: number) =>
    value > from - 1 && value < from + length + 1
  return (
    (isInRange(y, box.y, box.height) && (near(x, box.x) || near(x, box.x + box.width))) ||
    (isInRange(x, box.x, box.width) && (near(y, box.y) || near(y, box.y + box.height)))
  )
}

function inside({ x, y, width, height }: Box): Box {
  return { x: x + 1, y: y + 1, width: width - 2, height: height - 2 }
}

function boxOf({ x, y, width }: DrawnText): Box {
  return { x, y: y - 9, width, height: 11 }
}

/** The pieces of a line between its corners, which run along the axes. */
function segments(points: readonly Point[]): Box[] {
  return points.slice(1).map((to, index) => {
    const from = points[index] as Point
    return {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      width: Math.abs(from.x - to.x),
      height: Math.abs(from.y - to.y),
    }
  })
}

function overlap(one: Box, other: Box): boolean {
  return (
    one.x + tolerance < other.x + other.width &&
    other.x + tolerance < one.x + one.width &&
    one.y + tolerance < other.y + other.height &&
    other.y + tolerance < one.y + one.height
  )
}

function isWithin(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x - tolerance &&
    inner.y >= outer.y - tolerance &&
    inner.x + inner.width <= outer.x + outer.width + tolerance &&
    inner.y + inner.height <= outer.y + outer.height + tolerance
  )
}

function pairs<Thing>(things: readonly Thing[]): [Thing, Thing][] {
  return things.flatMap((one, index) => things.slice(index + 1).map((other): [Thing, Thing] => [one, other]))
}
