import { z } from 'zod'

/** A statechart that was laid out. All lengths are in pixels, from the upper left corner. */

const point = z.object({ x: z.number(), y: z.number() })
export type Point = z.infer<typeof point>

const box = point.extend({ width: z.number(), height: z.number() })
export type Box = z.infer<typeof box>

/** A piece of text in one line; `y` is its baseline. */
const drawnText = point.extend({
  text: z.string(),
  /** As it was measured. */
  width: z.number(),
  as: z.enum(['name', 'cause', 'guard', 'action', 'target']),
})
export type DrawnText = z.infer<typeof drawnText>

/** SVG's paths: the line, and its filled head. */
const line = z.object({
  path: z.string(),
  head: z.string(),
  /** The corners of the line, which the path rounds. */
  points: z.array(point),
})
export type Line = z.infer<typeof line>

const drawnState = box.extend({
  /** XState's id of the state: the step of a replay says by it which are active. */
  id: z.string(),
  name: z.string(),
  kind: z.enum(['machine', 'compound', 'parallel', 'region', 'atomic', 'final', 'history']),
  /** Its name and what it does. */
  texts: z.array(drawnText),
  /** Below its name, where more stands there: a path. */
  divider: z.string().exactOptional(),
  /** Paths of the lines between the regions of a parallel state. */
  separators: z.array(z.string()),
})
export type DrawnState = z.infer<typeof drawnState>

const drawnBeginning = z.object({
  /** The state that begins there. */
  state: z.string(),
  dot: point.extend({ radius: z.number() }),
  line,
  texts: z.array(drawnText),
})
export type DrawnBeginning = z.infer<typeof drawnBeginning>

/** A transition: a line with its words beside it, or, if it does not leave its state, words in the state's box. */
const drawnArrow = z.object({
  /** The transition's name; several arrows may have one. */
  id: z.string(),
  from: z.string(),
  to: z.string().nullable(),
  kind: z.enum(['event', 'always', 'after', 'done', 'history']),
  /** The type of the event that causes it; absent: no event does. */
  event: z.string().exactOptional(),
  /** Its cause, condition and actions, for people who do not see the drawing. */
  words: z.string(),
  /** Absent: it is listed in the box of its state. */
  line: line.exactOptional(),
  /** Whether another arrow's visible line has the same path: this one is only shown when it is taken. */
  isShared: z.boolean(),
  /** Whether its line leads from an ancestor of its own state, and stands for the lines of all states within. */
  isSummary: z.boolean(),
  /** The place of its words. */
  label: box.exactOptional(),
  texts: z.array(drawnText),
  /** Clocks beside delayed transitions: paths. */
  clocks: z.array(z.string()),
})
export type DrawnArrow = z.infer<typeof drawnArrow>

/**
 * A statechart whose every part has its place, and is painted in this order. Plain data, so that a page draws the same
 * as the command line.
 */
export const drawing = z.object({
  /** The machine's id. */
  name: z.string(),
  width: z.number(),
  height: z.number(),
  /** Outer states first. */
  states: z.array(drawnState),
  /** The lines to initial states. */
  beginnings: z.array(drawnBeginning),
  arrows: z.array(drawnArrow),
})
export type Drawing = z.infer<typeof drawing>
