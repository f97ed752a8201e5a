const drawEveryMs = 100
/** Without a terminal, as in a log: a line now and then. */
const lineEveryMs = 2_000
const widthMax = 30

/**
 * Shows progress on standard error; nothing for short work.
 *
 * @param noun the plural of what is counted: `events`
 */
export function progressBar(noun: string, total: number): { at(count: number): void; end(): void } {
  const { stderr } = process
  const every = stderr.isTTY ? drawEveryMs : lineEveryMs
  let drawnAt = Date.now()
  return {
    at(count) {
      if (Date.now() - drawnAt < every) return
      drawnAt = Date.now()
      const countMax = Math.max(total, count)
      if (!stderr.isTTY) {
        stderr.write(`${count} of ${countMax} ${noun}\n`)
        return
      }
      const width = Math.max(5, Math.min(widthMax, stderr.columns - 40))
      const filled = Math.round((width * count) / countMax)
      const bar = '█'.repeat(filled) + '░'.repeat(width - filled)
      stderr.write(`\r${bar} ${Math.floor((100 * count) / countMax)} %  ${count} of ${countMax} ${noun} `)
    },
    end() {
      if (stderr.isTTY) stderr.write('\r\u001b[K')
    },
  }
}
