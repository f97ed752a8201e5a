import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Drawings use Arimo. Its letters are as wide as those of Arial, Helvetica and Liberation Sans, so measured text fits
 * in any of them. Pictures use its files, whatever fonts a machine has.
 */
export const fontFiles = {
  regular: fileOf('400Regular/Arimo_400Regular.ttf'),
  bold: fileOf('600SemiBold/Arimo_600SemiBold.ttf'),
}

/** The width of a character that the font lacks, in ems: the widest that other fonts have. */
const foreignWidth = 1.4

export type Weight = keyof typeof fontFiles

/** The width of a text in one line, in pixels. */
export function textWidth(text: string, size: number, weight: Weight = 'regular'): number {
  const { widths, unitsPerEm } = fontOf(weight)
  let units = 0
  for (const character of text)
    units += widths.get(character.codePointAt(0) as number) ?? foreignWidth * unitsPerEm
  return (units / unitsPerEm) * size
}

/** Whether the font has all its characters. */
export function isKnownToFont(text: string): boolean {
  const { widths } = fontOf('regular')
  return [...text].every((character) => widths.has(character.codePointAt(0) as number))
}

interface Font {
  unitsPerEm: number
  /** Widths by code point. */
  widths: Map<number, number>
}

const fonts = new Map<Weight, Font>()

function fontOf(weight: Weight): Font {
  const font = fonts.get(weight) ?? readFont(readFileSync(fontFiles[weight]))
  fonts.set(weight, font)
  return font
}

/** Reads the tables of a TrueType file that give each character's width: cmap, in its format 4, and hmtx. */
function readFont(file: Buffer): Font {
  const tables = new Map<string, Buffer>()
  for (let row = 12; row < 12 + file.readUInt16BE(4) * 16; row += 16) {
    const start = file.readUInt32BE(row + 8)
    tables.set(
      file.toString('latin1', row, row + 4),
      file.subarray(start, start + file.readUInt32BE(row + 12)),
    )
  }
  const table = (name: string) => {
    const found = tables.get(name)
    if (!found) throw new Error(`the font has no ${name}`)
    return found
  }
  const metrics = table('hmtx')
  // The glyphs after these are all as wide as the last of them.
  const count = table('hhea').readUInt16BE(34)
  const widthOf = (glyph: number) => metrics.readUInt16BE(Math.min(glyph, count - 1) * 4)
  const widths = new Map<number, number>()
  for (const [codePoint, glyph] of glyphsOf(table('cmap'))) widths.set(codePoint, widthOf(glyph))
  return { unitsPerEm: table('head').readUInt16BE(18), widths }
}

function* glyphsOf(cmap: Buffer): Iterable<[codePoint: number, glyph: number]> {
  const offsets = Array.from({ length: cmap.readUInt16BE(2) }, (_, index) => cmap.readUInt32BE(8 + index * 8))
  const start = offsets.find((offset) => cmap.readUInt16BE(offset) === 4)
  if (start === undefined) throw new Error('the font’s cmap has no format 4')
  const segments = cmap.subarray(start)
  const size = segments.readUInt16BE(6)
  for (let offset = 0; offset < size; offset += 2) {
    const end = segments.readUInt16BE(14 + offset)
    const first = segments.readUInt16BE(16 + size + offset)
    const delta = segments.readUInt16BE(16 + size * 2 + offset)
    const rangeAt = 16 + size * 3 + offset
    const range = segments.readUInt16BE(rangeAt)
    for (let codePoint = first; codePoint <= end && codePoint < 0xffff; codePoint++) {
      const found = range === 0 ? codePoint : segments.readUInt16BE(rangeAt + range + (codePoint - first) * 2)
      const glyph = range > 0 && found === 0 ? 0 : (found + delta) & 0xffff
      if (glyph > 0) yield [codePoint, glyph]
    }
  }
}

function fileOf(path: string): string {
  return fileURLToPath(import.meta.resolve(`@expo-google-fonts/arimo/${path}`))
}
