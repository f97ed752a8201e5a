const drawEveryMs = 100
/** Where nobody looks on, as in a log, a line now and then. */
const sayEveryMs = 2_000
const widthMax = 30

/**
 * Shows on standard error how far something is; says nothing of what is done before anybody wonders.
 *
 * @param what is counted: `events`
 */
export function progressBar(what: string, total: number): { at(count: number): void; end(): void } {
  const { stderr } = process
  const every = stderr.isTTY ? drawEveryMs : sayEveryMs
  let said = Date.now()
  return {
    at(count) {
      if (Date.now() - said < every) return
      said = Date.now()
      const of = Math.max(total, count)
      if (!stderr.isTTY) {
        stderr.write(`${count} of ${of} ${what}\n`)
        return
      }
      const width = Math.max(5, Math.min(widthMax, stderr.columns - 40))
      const filled = Math.round((width * count) / of)
      const bar = '█'.repeat(filled) + '░'.repeat(width - filled)
      stderr.write(`\r${bar} ${Math.floor((100 * count) / of)} %  ${count} of ${of} ${what} `)
    },
    end() {
      if (stderr.isTTY) stderr.write('\r\u001b[K')
    },
  }
}
