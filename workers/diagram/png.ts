import { Resvg } from '@resvg/resvg-js'
import type { Drawing } from '../../schemas/protocol/drawing.ts'
import { fontFiles, isKnownToFont } from './font.ts'
import { type SvgOptions, svgOf, type Theme } from './svg.ts'

/** Twice the drawing's resolution, for sharp screens and paper; less where the picture would be too large. */
const scale = 2
const sidePxMax = 12_000

/** A picture of a drawing, the same on each machine. */
export function pngOf(drawing: Drawing, options: SvgOptions & { theme: Theme }): Uint8Array {
  const texts = [...drawing.states, ...drawing.arrows].flatMap(({ texts }) => texts)
  const zoom = Math.min(scale, sidePxMax / Math.max(drawing.width, drawing.height))
  const resvg = new Resvg(svgOf(drawing, options), {
    fitTo: { mode: 'zoom', value: zoom },
    font: {
      fontFiles: Object.values(fontFiles),
      defaultFontFamily: 'Arimo',
      // Loaded only where needed: the machine's fonts for characters that Arimo lacks.
      loadSystemFonts: !texts.every(({ text }) => isKnownToFont(text)),
    },
  })
  return resvg.render().asPng()
}
