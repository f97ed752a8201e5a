import { readFileSync } from 'node:fs'
import type { Drawing, DrawnArrow, DrawnState, DrawnText } from '../../schemas/protocol/drawing.ts'
import { projectFile } from '../build/project-folder.mjs'
import { tenth } from './paths.ts'

export type Theme = 'light' | 'dark'

export interface SvgOptions {
  /** Colours of one theme only; otherwise the viewer's preference chooses light or dark. */
  theme?: Theme
  /** The ids of states and transitions that are highlighted. */
  active?: Iterable<string>
  taken?: Iterable<string>
}

const palettes: Record<Theme, Record<string, string>> = {
  light: {
    ground: '#ffffff',
    around: '#f5f7f7',
    box: '#ffffff',
    edge: '#828d90',
    line: '#4a5659',
    text: '#172022',
    muted: '#566265',
    condition: '#0f6f68',
    lit: '#b4500b',
    'lit-soft': '#fdeede',
  },
  dark: {
    ground: '#15191a',
    around: '#1d2324',
    box: '#272f31',
    edge: '#748184',
    line: '#a9b5b7',
    text: '#e9eeee',
    muted: '#a3afb1',
    condition: '#58c4b7',
    lit: '#ffb066',
    'lit-soft': '#47301a',
  },
}

const rules = readFileSync(projectFile('workers/diagram/drawing.css'), 'utf8').replace(/\/\*.*?\*\/\n?/gs, '')

/** A self-contained picture: with its own style and background, and a description for screen readers. */
export function svgOf(drawing: Drawing, { theme, active = [], taken = [] }: SvgOptions = {}): string {
  const { name, width, height, states, beginnings, arrows } = drawing
  const isActive = new Set(active)
  const isTaken = new Set(taken)
  return `<svg xmlns="http://www.w3.org/2000/svg" class="frontdesk-machine" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escaped(name)}</title>
<desc id="description">${escaped(describe(drawing))}</desc>
<style>${styleOf(theme)}</style>
<rect class="ground" width="${width}" height="${height}"/>
${states.map((state) => stateElement(state, isActive.has(state.id))).join('\n')}
${beginnings.map(({ dot, line, texts }) => `<g class="beginning"><circle class="dot" cx="${tenth(dot.x)}" cy="${tenth(dot.y)}" r="${dot.radius}"/><path class="line" d="${line.path}"/><path class="head" d="${line.head}"/>${texts.map(textElement).join('')}</g>`).join('\n')}
${arrows.map((arrow) => arrowElement(arrow, isTaken.has(arrow.id))).join('\n')}
</svg>
`
}

/** The states of a machine in a sentence. */
export function describe({ name, states }: Drawing): string {
  const names = states.filter(({ kind }) => kind !== 'machine' && kind !== 'history').map(({ name }) => name)
  return `Statechart of ${name} with the states ${names.join(', ')}`
}

function stateElement(state: DrawnState, isActive: boolean): string {
  const { id, kind, x, y, width, height, texts, divider, separators } = state
  const middle = { x: x + width / 2, y: y + height / 2 }
  const boxClass = `box${isAround(kind) ? ' around' : ''}${kind === 'region' ? ' region' : ''}`
  const box =
    kind === 'history'
      ? `<circle class="box" cx="${tenth(middle.x)}" cy="${tenth(middle.y)}" r="${width / 2}"/>`
      : `<rect class="${boxClass}" x="${tenth(x)}" y="${tenth(y)}" width="${tenth(width)}" height="${tenth(height)}" rx="9"/>`
  const inner =
    kind === 'final'
      ? `<rect class="inner" x="${tenth(x + 3)}" y="${tenth(y + 3)}" width="${tenth(width - 6)}" height="${tenth(height - 6)}" rx="6.5"/>`
      : ''
  const lines = [
    ...(divider ? [`<path class="divider" d="${divider}"/>`] : []),
    ...separators.map((path) => `<path class="separator" d="${path}"/>`),
  ]
  return `<g class="state${isActive ? ' active' : ''}" data-state="${escaped(id)}">${box}${inner}${lines.join('')}${texts.map(textElement).join('')}</g>`
}

function arrowElement(
  { id, kind, line, isShared, isSummary, texts, clocks }: DrawnArrow,
  isTaken: boolean,
): string {
  const classes = `arrow ${kind}${isSummary ? ' summary' : ''}${isShared ? ' shared' : ''}${isTaken ? ' taken' : ''}`
  const path = line ? `<path class="line" d="${line.path}"/><path class="head" d="${line.head}"/>` : ''
  const faces = clocks.map((clock) => `<path class="clock" d="${clock}"/>`)
  return `<g class="${classes}" data-arrow="${escaped(id)}">${path}${faces.join('')}${texts.map(textElement).join('')}</g>`
}

/** `textLength` keeps the measured width, also in another font. */
function textElement({ x, y, width, text, as }: DrawnText): string {
  return `<text class="${as}" x="${tenth(x)}" y="${tenth(y)}" textLength="${tenth(width)}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`
}

function isAround(kind: DrawnState['kind']): boolean {
  return kind === 'machine' || kind === 'compound' || kind === 'parallel' || kind === 'region'
}

function styleOf(theme: Theme | undefined): string {
  const ground = `.frontdesk-machine .ground {\n  fill: var(--drawing-ground);\n}\n`
  const all = rules + ground
  // Not every renderer supports CSS variables.
  if (theme) return all.replace(/var\(--drawing-([a-z-]+)\)/g, (_, name) => palettes[theme][name] ?? '')
  const variables = (theme: Theme) =>
    `.frontdesk-machine {${Object.entries(palettes[theme])
      .map(([name, colour]) => ` --drawing-${name}: ${colour};`)
      .join('')} }\n`
  return `${variables('light')}@media (prefers-color-scheme: dark) {\n  ${variables('dark')}}\n${all}`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
