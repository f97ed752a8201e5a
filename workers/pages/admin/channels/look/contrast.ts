/** The contrast of two colours, `#rrggbb`, from 1 to 21 (WCAG 2.2). */
export function contrastOf(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

/** The colour of the text on an accent, as the widget chooses it, and its contrast: 4.5 at least. */
export function textOn(accent: string): { text: 'black' | 'white'; contrast: number } {
  const [black, white] = [contrastOf(accent, '#000000'), contrastOf(accent, '#ffffff')]
  return black > white ? { text: 'black', contrast: black } : { text: 'white', contrast: white }
}

function luminanceOf(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
