import { describe, expect, test } from 'vitest'
import { chartOf } from '../../engine/machines/chart.ts'
import { layOut } from '../../workers/diagram/lay-out.ts'
import { mermaidOf } from '../../workers/diagram/mermaid.ts'
import { pngOf } from '../../workers/diagram/png.ts'
import { svgOf } from '../../workers/diagram/svg.ts'
import { flowOf, options } from '../bots/flow.ts'
import { botMachine, machines, parallelMachine } from './machines.ts'

const hostile = botMachine(
  flowOf(
    {
      start: [
        options('x', {
          '</text><script>alert(1)</script>': 'end',
          '"&\u0007 <b>` ; --> : #quot; 客户 🙂': 'end',
        }),
      ],
      end: [{ type: 'end' }],
    },
    { id: 'hostile' },
  ),
)

describe('an SVG', () => {
  test('highlights states and transitions by classes', async () => {
    const svg = svgOf(await layOut(chartOf(parallelMachine)), {
      active: ['shipment', 'shipment.paused'],
      taken: ['shipment.open order.paused 0'],
    })
    expect([...svg.matchAll(/class="state active" data-state="([^"]+)"/g)].map(([, id]) => id)).toEqual([
      'shipment',
      'shipment.paused',
    ])
    expect(svg).toContain('class="arrow event taken" data-arrow="shipment.open order.paused 0"')
  })

  test('of one theme has no CSS variables, which some programs do not support', async () => {
    const drawing = await layOut(chartOf(parallelMachine))
    for (const theme of ['light', 'dark'] as const)
      expect(svgOf(drawing, { theme })).not.toMatch(/var\(|@media|fill: ;/)
  })

  test('escapes an author’s texts', async () => {
    const svg = svgOf(await layOut(chartOf(hostile)))
    expect(svg).not.toContain('<script')
    expect(svg).not.toContain('\u0007')
    expect(svg).toContain('&#60;script&#62;')
  })
})

describe('a PNG', () => {
  test.each(Object.entries({ ...machines, hostile }))('is made of %s', async (_, machine) => {
    const drawing = await layOut(chartOf(machine))
    const scale = Math.min(2, 12_000 / Math.max(drawing.width, drawing.height))
    const width = Buffer.from(pngOf(drawing, { theme: 'light' })).readUInt32BE(16)
    expect(Math.abs(width - drawing.width * scale)).toBeLessThan(2)
  })

  test('is light or dark', async () => {
    const drawing = await layOut(chartOf(hostile))
    const [light, dark] = (['light', 'dark'] as const).map((theme) => Buffer.from(pngOf(drawing, { theme })))
    expect(light?.equals(dark as Buffer)).toBe(false)
  })
})

describe('Mermaid', () => {
  test('has nested states, regions, and notes for what it cannot draw', () => {
    const text = mermaidOf(chartOf(parallelMachine))
    expect(text).toMatch(
      /state "working" as s2 \{\n\s+state "payment" as s3 \{[\s\S]+?\}\n\s+--\n\s+state "parcel"/,
    )
    expect(text).toMatch(/s\d+ --> s\d+ : after 7 d\n/)
    expect(text).toMatch(/note right of s\d+\n {4}order.asked \/ sayThatItIsPaused\n {2}end note\n/)
    expect(text).toMatch(/note right of s\d+\n {4}exit \/ weigh, label\n {2}end note\n/)
  })

  test('escapes its own syntax', () => {
    const text = mermaidOf(chartOf(hostile))
    expect(text).toContain('#60;script#62;')
    const written = text.split('\n').map((line) => line.replace(/^\s*s\d+ --> s\d+( : )?/, ''))
    for (const line of written)
      expect(line).toMatch(/^( *state "[^"<>:]*" as s\d+( \{)?|[^"<>:]*|\s*(s\d+|\[\*\]) --> (s\d+|\[\*\]))$/)
  })
})
