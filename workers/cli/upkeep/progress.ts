const everyMs = 2_000

/** Reports how far a long work is, on standard error, every two seconds: `12 events looked at`. */
export function progressReporter(): (noun: string, count: number) => void {
  let reportedAt = Date.now()
  return (noun, count) => {
    if (Date.now() - reportedAt < everyMs) return
    reportedAt = Date.now()
    process.stderr.write(`${count} ${noun}\n`)
  }
}
