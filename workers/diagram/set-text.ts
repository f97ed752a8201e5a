import type { DrawnText } from '../../schemas/protocol/drawing.ts'
import { textWidth, type Weight } from './font.ts'

/** Text that was set in lines, from its own upper left corner. */
export interface TextBlock {
  texts: DrawnText[]
  /** The centres of clocks. */
  clocks: { x: number; y: number }[]
  width: number
  height: number
}

/** Text in one style. */
export interface Run {
  text: string
  as: DrawnText['as']
  /** With a clock before it. */
  hasClock?: boolean
}

export const lineHeight = 15
export const clockRadius = 4.5
const clockWidth = 2 * clockRadius + 4
/** The most characters of a label: an author's text may have thousands. */
const textLengthMax = 100

/** The fonts of the manners; drawing.css repeats them. */
const manners: Record<DrawnText['as'], { size: number; weight: Weight }> = {
  name: { size: 13, weight: 'bold' },
  cause: { size: 11, weight: 'regular' },
  guard: { size: 11, weight: 'regular' },
  action: { size: 11, weight: 'regular' },
  target: { size: 11, weight: 'regular' },
}

/** Sets runs one after another, in as many lines as they need. */
export function setText(runs: readonly Run[], widthMax: number): TextBlock {
  const lines: Line[] = [{ texts: [], clocks: [], width: 0 }]
  for (const run of runs) {
    let hasClock = run.hasClock ?? false
    for (const word of wordsOf(run, widthMax)) {
      const width = widthOf(word.trimEnd(), run.as)
      const room = hasClock ? clockWidth : 0
      let line = lines.at(-1) as Line
      if (line.width + room + width > widthMax && line.width > 0) {
        line = { texts: [], clocks: [], width: 0 }
        lines.push(line)
      }
      if (hasClock) line.clocks.push(line.width + clockRadius)
      append(line, word, run.as, room)
      hasClock = false
    }
  }
  return {
    texts: lines.flatMap(({ texts }, index) =>
      texts.map((text) => ({ ...text, text: text.text.trimEnd(), y: index * lineHeight + 11 })),
    ),
    clocks: lines.flatMap(({ clocks }, index) => clocks.map((x) => ({ x, y: index * lineHeight + 7.5 }))),
    width: Math.max(...lines.map(({ texts }) => (texts.length === 0 ? 0 : endOf(texts.at(-1) as DrawnText)))),
    height: runs.length === 0 ? 0 : lines.length * lineHeight,
  }
}

/** One block below another. */
export function stack(blocks: readonly TextBlock[], gap = 0): TextBlock & { tops: number[] } {
  const tops: number[] = []
  let height = 0
  for (const block of blocks) {
    tops.push(height)
    height += block.height + gap
  }
  return {
    texts: blocks.flatMap((block, index) => moved(block, 0, tops[index] ?? 0).texts),
    clocks: blocks.flatMap((block, index) => moved(block, 0, tops[index] ?? 0).clocks),
    width: Math.max(0, ...blocks.map(({ width }) => width)),
    height: Math.max(0, height - gap),
    tops,
  }
}

export function moved<Block extends Pick<TextBlock, 'texts' | 'clocks'>>(
  block: Block,
  x: number,
  y: number,
): Block {
  const move = <T extends { x: number; y: number }>(item: T) => ({
    ...item,
    x: item.x + x,
    y: item.y + y,
  })
  return { ...block, texts: block.texts.map(move), clocks: block.clocks.map(move) }
}

interface Line {
  texts: DrawnText[]
  /** The horizontal centres of the clocks in it. */
  clocks: number[]
  /** Includes the space behind the last word. */
  width: number
}

function append(line: Line, word: string, manner: DrawnText['as'], room: number): void {
  const last = line.texts.at(-1)
  // Words of one style are one text.
  if (last?.as === manner && room === 0) {
    last.text += word
    last.width = widthOf(last.text.trimEnd(), manner)
    line.width = last.x + widthOf(last.text, manner)
  } else {
    const x = line.width + room
    line.texts.push({ text: word, as: manner, x, y: 0, width: widthOf(word.trimEnd(), manner) })
    line.width = x + widthOf(word, manner)
  }
}

/** Each word with the space behind it. A word that is too wide is split at the parts of a name, or anywhere. */
function wordsOf({ text, as }: Run, widthMax: number): string[] {
  const fits = (word: string) => widthOf(word.trimEnd(), as) + clockWidth <= widthMax
  return (
    shortened(text)
      // Keep a slash with the word that it introduces.
      .split(/(?<=\s)(?<!\/ )/u)
      .flatMap((word) => (fits(word) ? [word] : word.split(/(?<=[._/,:(-])|(?<=[a-z])(?=[A-Z])/u)))
      .flatMap((part) => (fits(part) ? [part] : [...part]))
  )
}

function shortened(text: string): string {
  // Replaces line ends and characters that XML forbids.
  const plain = text.replace(/[\s\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu, ' ')
  const characters = [...plain]
  return characters.length <= textLengthMax ? plain : `${characters.slice(0, textLengthMax - 1).join('')}…`
}

function widthOf(text: string, manner: DrawnText['as']): number {
  const { size, weight } = manners[manner]
  return textWidth(text, size, weight)
}

function endOf({ x, width }: DrawnText): number {
  return x + width
}
