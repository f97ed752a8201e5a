import { css, html, LitElement, nothing, type PropertyValues, svg, type TemplateResult, unsafeCSS } from 'lit'
import { property } from 'lit/decorators.js'
import { guard } from 'lit/directives/guard.js'
import type { Box, Drawing, DrawnArrow, DrawnState, DrawnText } from '../../../../schemas/protocol/drawing.ts'
import drawingText from '../../../diagram/drawing.css'
import { icons } from '../icons.ts'
import { sheet } from '../styles/tokens.ts'
import styleText from './machine-drawing.css'

export interface DrawingWords {
  statechartOf(machine: string): string
  active(states: string): string
  states: string
  move: string
  zoomIn: string
  zoomOut: string
  fit: string
  fitAll: string
}

const english: DrawingWords = {
  statechartOf: (machine) => `Statechart of ${machine}`,
  active: (states) => `active: ${states}`,
  states: 'States and what leads from them',
  move: 'Drawing: arrow keys move it, plus and minus zoom, 0 fits it to the width, 1 shows all of it',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Fit to width',
  fitAll: 'Show all',
}

const zoomStep = 1.25
const zoomMin = 0.1
const zoomMax = 4

/** `fit`: to the width; `all`: to the height, too. */
type Zoom = number | 'fit' | 'all'

/**
 * A machine's drawing. It is drawn once; which states are active and which transitions were taken is a matter of a
 * few classes after that.
 */
export class MachineDrawing extends LitElement {
  static override styles = [sheet, css`${unsafeCSS(drawingText)}${unsafeCSS(styleText)}`]
  @property({ attribute: false }) drawing: Drawing | undefined
  /** The ids of the states that are lit. */
  @property({ attribute: false }) active: readonly string[] = []
  /** The names of the transitions that are lit. */
  @property({ attribute: false }) taken: readonly string[] = []
  @property({ attribute: false }) words: DrawingWords = english
  /** The least zoom at which the drawing is fitted to the width; people may zoom out further. */
  @property({ attribute: false }) leastZoom = 0.6
  /** Absent: the drawing is fitted to the width, down to `leastZoom`. */
  #zoom: Zoom | undefined
  #states = new Map<string, Element[]>()
  #arrows = new Map<string, Element[]>()
  #lit: Element[] = []
  readonly #resized = new ResizeObserver(() => {
    this.#scale()
    this.scrollToActive()
  })

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#resized.disconnect()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.#view) this.#resized.observe(this.#view)
  }

  /** Brings the innermost active states into sight. */
  scrollToActive(): void {
    const view = this.#view
    const { drawing } = this
    const box = drawing && around(innermost(drawing, this.active))
    if (!view || !box) return
    const { offsetLeft, scale } = this.#place()
    const left = offsetLeft + box.x * scale
    const top = box.y * scale
    const isSeen =
      left >= view.scrollLeft &&
      top >= view.scrollTop &&
      left + box.width * scale <= view.scrollLeft + view.clientWidth &&
      top + box.height * scale <= view.scrollTop + view.clientHeight
    if (isSeen) return
    view.scrollTo({
      left: left + (box.width * scale - view.clientWidth) / 2,
      top: top + (box.height * scale - view.clientHeight) / 2,
    })
  }

  protected override render() {
    const { drawing, words } = this
    if (!drawing) return nothing
    return html`
      <div class="tools">
        ${tool(words.zoomOut, '−', () => this.#zoomBy(1 / zoomStep))}
        ${tool(words.zoomIn, '+', () => this.#zoomBy(zoomStep))}
        ${tool(words.fit, '↔', () => this.#zoomTo('fit'))}
        ${tool(words.fitAll, icons.fitAll, () => this.#zoomTo('all'))}
      </div>
      <div class="view" tabindex="0" role="group" aria-label=${words.move}
        @wheel=${this.#wheel} @pointerdown=${this.#drag} @keydown=${this.#onKey}>
        <svg class="frontdesk-machine" role="img" aria-label=${this.#label(drawing)}
          viewBox="0 0 ${drawing.width} ${drawing.height}">${guard([drawing], () => content(drawing))}</svg>
      </div>
      <div class="visually-hidden">
        <p>${words.states}</p>
        ${guard([drawing], () => list(drawing))}
      </div>
    `
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('drawing')) {
      this.#states = this.#elements('data-state')
      this.#arrows = this.#elements('data-arrow')
      this.#lit = []
      if (this.#view) this.#resized.observe(this.#view)
      this.#scale()
      this.#showBeginning()
    }
    for (const element of this.#lit) {
      element.classList.remove('active', 'taken')
      element.removeAttribute('aria-current')
    }
    const active = this.active.flatMap((id) => this.#states.get(id) ?? [])
    const taken = this.taken.flatMap((id) => this.#arrows.get(id) ?? [])
    for (const element of active) {
      element.classList.add('active')
      if (element.localName === 'li') element.setAttribute('aria-current', 'true')
    }
    for (const element of taken) element.classList.add('taken')
    this.#lit = [...active, ...taken]
  }

  #elements(attribute: string): Map<string, Element[]> {
    const elements = new Map<string, Element[]>()
    for (const element of this.renderRoot.querySelectorAll(`[${attribute}]`)) {
      const id = element.getAttribute(attribute) ?? ''
      elements.set(id, [...(elements.get(id) ?? []), element])
    }
    return elements
  }

  #label(drawing: Drawing): string {
    const names = innermost(drawing, this.active).map(({ name }) => name)
    const title = this.words.statechartOf(drawing.name)
    return names.length === 0 ? title : `${title}, ${this.words.active(names.join(', '))}`
  }

  /** Scrolls to the beginning: the middle of a large drawing may be empty. */
  #showBeginning(): void {
    const view = this.#view
    const dot = this.drawing?.beginnings[0]?.dot
    const { offsetLeft, scale } = this.#place()
    if (view && dot)
      view.scrollTo({ left: offsetLeft + dot.x * scale - view.clientWidth / 2, top: 0, behavior: 'instant' })
  }

  get #view(): HTMLElement | null {
    return this.renderRoot?.querySelector('.view') ?? null
  }

  get #svg(): SVGSVGElement | null {
    return this.renderRoot.querySelector('svg.frontdesk-machine')
  }

  #place(): { offsetLeft: number; scale: number } {
    const view = this.#view
    const shown = this.#svg?.getBoundingClientRect()
    if (!view || !shown || !this.drawing) return { offsetLeft: 0, scale: 1 }
    return {
      offsetLeft: shown.left - view.getBoundingClientRect().left + view.scrollLeft,
      scale: shown.width / this.drawing.width,
    }
  }

  #scale(): void {
    const view = this.#view
    if (!view || !this.drawing) return
    const { width, height } = this.drawing
    const fit = Math.min(1, view.clientWidth / width)
    const zoom = this.#zoom ?? Math.max(fit, this.leastZoom)
    // At its own height: a view without a bound is as high as what is in it.
    if (zoom === 'all') this.#svg?.setAttribute('height', String(height))
    const shown = Math.min(view.clientHeight, innerHeight)
    const scale = zoom === 'fit' ? fit : zoom === 'all' ? Math.min(fit, shown / height) : zoom
    this.#svg?.setAttribute('width', String(width * scale))
    this.#svg?.setAttribute('height', String(height * scale))
  }

  #zoomBy(factor: number, pointer?: { clientX: number; clientY: number }): void {
    this.#zoomTo(Math.min(zoomMax, Math.max(zoomMin, this.#place().scale * factor)), pointer)
  }

  /** Zooms about a pointer, else about the middle. */
  #zoomTo(zoom: Zoom, pointer?: { clientX: number; clientY: number }): void {
    const view = this.#view
    if (!view) return
    const frame = view.getBoundingClientRect()
    const x = pointer ? pointer.clientX - frame.left : frame.width / 2
    const y = pointer ? pointer.clientY - frame.top : frame.height / 2
    const before = this.#place()
    const point = {
      x: (view.scrollLeft + x - before.offsetLeft) / before.scale,
      y: (view.scrollTop + y) / before.scale,
    }
    this.#zoom = zoom
    this.#scale()
    const { offsetLeft, scale } = this.#place()
    view.scrollTo({ left: offsetLeft + point.x * scale - x, top: point.y * scale - y, behavior: 'instant' })
  }

  /** Zooms. A pinch on a touchpad arrives as a turn of the wheel with Ctrl, too. */
  readonly #wheel = {
    handleEvent: (event: WheelEvent) => {
      if (!event.ctrlKey) return
      event.preventDefault()
      this.#zoomBy(Math.exp(-Math.max(-50, Math.min(50, event.deltaY)) / 100), event)
    },
    passive: false,
  }

  readonly #onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === '+' || event.key === '=') this.#zoomBy(zoomStep)
    else if (event.key === '-') this.#zoomBy(1 / zoomStep)
    else if (event.key === '0') this.#zoomTo('fit')
    else if (event.key === '1') this.#zoomTo('all')
    else return
    event.preventDefault()
  }

  /** Fingers move it without this. */
  readonly #drag = (down: PointerEvent) => {
    const view = this.#view
    if (!view || down.pointerType !== 'mouse' || down.button !== 0) return
    const { scrollLeft, scrollTop } = view
    const move = ({ clientX, clientY }: PointerEvent) => {
      view.classList.add('dragged')
      view.scrollTo(scrollLeft + down.clientX - clientX, scrollTop + down.clientY - clientY)
    }
    const letGo = () => {
      view.classList.remove('dragged')
      view.removeEventListener('pointermove', move)
    }
    view.setPointerCapture(down.pointerId)
    view.addEventListener('pointermove', move)
    view.addEventListener('lostpointercapture', letGo, { once: true })
  }
}

function content({ states, beginnings, arrows }: Drawing) {
  return svg`${states.map(stateGroup)}${beginnings.map(
    ({ dot, line, texts }) => svg`<g class="beginning">
      <circle class="dot" cx=${dot.x} cy=${dot.y} r=${dot.radius}></circle>
      <path class="line" d=${line.path}></path><path class="head" d=${line.head}></path>${texts.map(textLine)}
    </g>`,
  )}${arrows.map(arrowGroup)}`
}

function stateGroup({ id, kind, x, y, width, height, texts, divider, separators }: DrawnState) {
  const isAround = kind === 'machine' || kind === 'compound' || kind === 'parallel' || kind === 'region'
  const boxClass = `box${isAround ? ' around' : ''}${kind === 'region' ? ' region' : ''}`
  return svg`<g class="state" data-state=${id}>${
    kind === 'history'
      ? svg`<circle class="box" cx=${x + width / 2} cy=${y + height / 2} r=${width / 2}></circle>`
      : svg`<rect class=${boxClass} x=${x} y=${y} width=${width} height=${height} rx="9"></rect>`
  }${
    kind === 'final'
      ? svg`<rect class="inner" x=${x + 3} y=${y + 3} width=${width - 6} height=${height - 6} rx="6.5"></rect>`
      : nothing
  }${divider ? svg`<path class="divider" d=${divider}></path>` : nothing}${separators.map(
    (path) => svg`<path class="separator" d=${path}></path>`,
  )}${texts.map(textLine)}</g>`
}

function arrowGroup({ id, kind, line, isShared, isSummary, texts, clocks }: DrawnArrow) {
  const classes = `arrow ${kind}${isSummary ? ' summary' : ''}${isShared ? ' shared' : ''}`
  return svg`<g class=${classes} data-arrow=${id}>${
    line ? svg`<path class="line" d=${line.path}></path><path class="head" d=${line.head}></path>` : nothing
  }${clocks.map((path) => svg`<path class="clock" d=${path}></path>`)}${texts.map(textLine)}</g>`
}

/** As wide as it was measured, even in another font. */
function textLine({ x, y, width, text, as }: DrawnText) {
  return svg`<text class=${as} x=${x} y=${y} textLength=${width} lengthAdjust="spacingAndGlyphs">${text}</text>`
}

/** The drawing as a list, for screen readers. */
function list({ states, arrows }: Drawing) {
  const names = new Map(states.map(({ id, name }) => [id, name]))
  const arrowsOf = new Map(states.map(({ id }) => [id, arrows.filter((arrow) => arrow.from === id)]))
  return html`<ul>${states.map(
    ({ id, name }) =>
      html`<li data-state=${id}>${[
        name,
        ...(arrowsOf.get(id) ?? []).map(({ words, to }) =>
          to === null ? words : `${words} → ${names.get(to)}`,
        ),
      ].join('; ')}</li>`,
  )}</ul>`
}

function tool(name: string, sign: string | TemplateResult, act: () => void) {
  return html`<button type="button" class="button icon" aria-label=${name} title=${name} @click=${act}>${sign}</button>`
}

/** The active states in which there is no other. */
function innermost({ states }: Drawing, active: readonly string[]): DrawnState[] {
  const lit = states.filter(({ id }) => active.includes(id))
  return lit.filter((state) => !lit.some((inner) => inner !== state && isWithin(inner, state)))
}

function isWithin(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  )
}

function around(boxes: readonly Box[]): Box | undefined {
  if (boxes.length === 0) return undefined
  const x = Math.min(...boxes.map((box) => box.x))
  const y = Math.min(...boxes.map((box) => box.y))
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  }
}

customElements.define('frontdesk-machine', MachineDrawing)
