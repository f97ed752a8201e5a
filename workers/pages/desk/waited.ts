const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** How long somebody has waited: `0:07`, `9:59`, then `12 min`, `2 h 05`, `3 d`. */
export function waited(since: string | null, now: number): string {
  const ms = since === null ? 0 : Math.max(0, now - Date.parse(since))
  if (ms < 10 * minuteMs) return `${Math.floor(ms / minuteMs)}:${twoDigits((ms % minuteMs) / 1000)}`
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)} h ${twoDigits((ms % hourMs) / minuteMs)}`
  return `${Math.floor(ms / dayMs)} d`
}

function twoDigits(count: number): string {
  return String(Math.floor(count)).padStart(2, '0')
}
