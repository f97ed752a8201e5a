import { z } from 'zod'

/** A statechart that was laid out. All lengths are in pixels, from the upper left corner. */

const point = z.object({ x: z.number(), y: z.number() })
export type Point = z.infer<typeof point>

const box = point.extend({ width: z.number(), height: z.number() })
export type Box = z.infer<typeof box>

/** A piece of text in one line; `y` is its baseline. */
const drawnText = point.extend({
  text: z.string(),
  width: z.number().describe('As it was measured.'),
  as: z.enum(['name', 'cause', 'guard', 'action', 'target']),
})
export type DrawnText = z.infer<typeof drawnText>

/** SVG's paths: the line, and its filled head. */
const line = z.object({
  path: z.string(),
  head: z.string(),
  points: z.array(point).describe('The corners of the line, which the path rounds.'),
})
export type Line = z.infer<typeof line>

const drawnState = box.extend({
  id: z.string().describe('XState’s id of the state: the step of a replay says by it which are active.'),
  name: z.string(),
  kind: z.enum(['machine', 'compound', 'parallel', 'region', 'atomic', 'final', 'history']),
  texts: z.array(drawnText).describe('Its name and what it does.'),
  divider: z.string().exactOptional().describe('Below its name, where more stands there: a path.'),
  separators: z.array(z.string()).describe('Paths of the lines between the regions of a parallel state.'),
})
export type DrawnState = z.infer<typeof drawnState>

const drawnBeginning = z.object({
  state: z.string().describe('The state that begins there.'),
  dot: point.extend({ radius: z.number() }),
  line,
  texts: z.array(drawnText),
})
export type DrawnBeginning = z.infer<typeof drawnBeginning>

/** A transition: a line with its words beside it, or, if it does not leave its state, words in the state's box. */
const drawnArrow = z.object({
  id: z.string().describe('The transition’s name; several arrows may have one.'),
  from: z.string(),
  to: z.string().nullable(),
  kind: z.enum(['event', 'always', 'after', 'done', 'history']),
  event: z.string().exactOptional().describe('The type of the event that causes it; absent: no event does.'),
  words: z.string().describe('Its cause, condition and actions, for people who do not see the drawing.'),
  line: line.exactOptional().describe('Absent: it is listed in the box of its state.'),
  isShared: z
    .boolean()
    .describe(
      'Whether another arrow’s visible line has the same path: this one is only shown when it is taken.',
    ),
  isSummary: z
    .boolean()
    .describe(
      'Whether its line leads from an ancestor of its own state, and stands for the lines of all states within.',
    ),
  label: box.exactOptional().describe('The place of its words.'),
  texts: z.array(drawnText),
  clocks: z.array(z.string()).describe('Clocks beside delayed transitions: paths.'),
})
export type DrawnArrow = z.infer<typeof drawnArrow>

/**
 * A statechart whose every part has its place, and is painted in this order. Plain data, so that a page draws the same
 * as the command line.
 */
export const drawing = z.object({
  name: z.string().describe('The machine’s id.'),
  width: z.number(),
  height: z.number(),
  states: z.array(drawnState).describe('Outer states first.'),
  beginnings: z.array(drawnBeginning).describe('The lines to initial states.'),
  arrows: z.array(drawnArrow),
})
export type Drawing = z.infer<typeof drawing>
