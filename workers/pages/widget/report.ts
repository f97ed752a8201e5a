const reported = new Set<string>()

/** Tells the page's developer, once each: a page may have several widgets, and attributes that change. */
export function report(message: string): void {
  if (reported.has(message)) return
  reported.add(message)
  // biome-ignore lint/suspicious/noConsole: it is where the developer of a page looks
  console.error(`frontdesk-widget: ${message}`)
}
