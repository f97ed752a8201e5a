/** A measured rate, and how long events took at it. */
export interface LatencyPoint {
  eventsPerSecond: number
  p50Ms: number
  p99Ms: number
}

const width = 640
const height = 360
const margin = { left: 64, right: 28, top: 24, bottom: 44 }
const series = [
  { name: 'p99', of: ({ p99Ms }: LatencyPoint) => p99Ms, colour: '#b45309' },
  { name: 'p50', of: ({ p50Ms }: LatencyPoint) => p50Ms, colour: '#1d4ed8' },
]

/** Latency against load, as an SVG picture: the rate to the right, milliseconds upwards, each decade of the same height. */
export function latencyPlot(points: LatencyPoint[]): string {
  const sorted = points.toSorted((a, b) => a.eventsPerSecond - b.eventsPerSecond)
  const rateMax = Math.max(...sorted.map(({ eventsPerSecond }) => eventsPerSecond))
  const latencies = sorted.flatMap(({ p50Ms, p99Ms }) => [p50Ms, p99Ms])
  const first = Math.floor(Math.log10(Math.min(...latencies)))
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...latencies))))
  const right = width - margin.right
  const bottom = height - margin.bottom
  const x = (rate: number) => margin.left + (rate / rateMax) * (right - margin.left)
  const y = (ms: number) => bottom - ((Math.log10(ms) - first) / (last - first)) * (bottom - margin.top)
  const decades = Array.from({ length: last - first + 1 }, (_, n) => 10 ** (first + n))
  const lines = decades.map(
    (ms) =>
      `<path d="M${margin.left} ${y(ms)}H${right}" stroke="#ddd"/>${text(margin.left - 8, y(ms) + 4, `${ms} ms`, 'end')}`,
  )
  const rates = sorted.map(({ eventsPerSecond: rate }) => text(x(rate), bottom + 18, String(rate), 'middle'))
  const curves = series.map(({ name, of, colour }) => {
    const at = sorted.map((point) => `${x(point.eventsPerSecond).toFixed(1)} ${y(of(point)).toFixed(1)}`)
    const dots = at.map((place) => {
      const [cx, cy] = place.split(' ')
      return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`
    })
    const [labelX = 0, labelY = 0] = at.at(-1)?.split(' ').map(Number) ?? []
    const label = text(labelX, labelY - 8, name, 'end', colour)
    return `<path d="M${at.join('L')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}${label}`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#fff"/>
${[...lines, ...rates, ...curves].join('\n')}
${text((margin.left + right) / 2, height - 8, 'events a second', 'middle')}
</svg>
`
}

function text(x: number, y: number, content: string, anchor: string, fill = '#333'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${fill}">${content}</text>`
}
