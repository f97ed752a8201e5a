/**
 * A statechart that was laid out: every part has its place, in pixels from the upper left corner, and is painted in
 * this order. Plain data, so that a page draws the same as the command line.
 */
export interface Drawing {
  /** The machine's id. */
  name: string
  width: number
  height: number
  /** Outer states first. */
  states: DrawnState[]
  /** The lines to initial states. */
  beginnings: DrawnBeginning[]
  arrows: DrawnArrow[]
}

export interface DrawnState extends Box {
  /** XState's id of the state: the step of a replay says by it which are active. */
  id: string
  name: string
  kind: 'machine' | 'compound' | 'parallel' | 'region' | 'atomic' | 'final' | 'history'
  /** Its name and what it does. */
  texts: DrawnText[]
  /** Below its name, where more stands there: a path. */
  divider?: string
  /** Paths of the lines between the regions of a parallel state. */
  separators: string[]
}

export interface DrawnBeginning {
  /** The state that begins there. */
  state: string
  dot: { x: number; y: number; radius: number }
  line: Line
  texts: DrawnText[]
}

/** A transition: a line with its words beside it, or, if it does not leave its state, words in the state's box. */
export interface DrawnArrow {
  /** The transition's name; several arrows may have one. */
  id: string
  from: string
  to: string | null
  kind: 'event' | 'always' | 'after' | 'done' | 'history'
  /** The type of the event that causes it; absent: no event does. */
  event?: string
  /** Its cause, condition and actions, for people who do not see the drawing. */
  words: string
  /** Absent: it is listed in the box of its state. */
  line?: Line
  /** Whether another arrow's visible line has the same path: this one is only shown when it is taken. */
  isShared: boolean
  /** Whether its line leads from an ancestor of its own state, and stands for the lines of all states within. */
  isSummary: boolean
  /** The place of its words. */
  label?: Box
  texts: DrawnText[]
  /** Clocks beside delayed transitions: paths. */
  clocks: string[]
}

/** SVG's paths: the line, and its filled head. */
export interface Line {
  path: string
  head: string
  /** The corners of the line, which the path rounds. */
  points: Point[]
}

export interface Point {
  x: number
  y: number
}

export interface Box extends Point {
  width: number
  height: number
}

/** A piece of text in one line; `y` is its baseline. */
export interface DrawnText extends Point {
  text: string
  /** As it was measured. */
  width: number
  as: 'name' | 'cause' | 'guard' | 'action' | 'target'
}
