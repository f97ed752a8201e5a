/** The stream as its source sees it. */
export interface StreamSink<T> {
  /** Settles once the reader has taken the item: the source waits until then. */
  give(item: T): Promise<void>
  /** Ends the stream with an error. */
  fail(error: unknown): void
}

/**
 * A stream whose source is held back by its reader: one item is on its way at a time. `break` closes the source; an
 * aborted signal closes it, too, and rejects the next read with its reason.
 *
 * @param open begins the source at once; returns the function that ends it
 */
export function pulledStream<T>(
  signals: readonly (AbortSignal | undefined)[],
  open: (sink: StreamSink<T>) => () => void,
): AsyncIterable<T> {
  let isOver = false
  let close = () => {}
  let ask = () => {}
  const nextRead = () =>
    new Promise<void>((resolve) => {
      ask = resolve
    })
  /** Settles once the reader asks for an item. */
  let asked = nextRead()
  const abort = ({ target }: Event) => fail((target as AbortSignal).reason)
  const end = () => {
    isOver = true
    for (const signal of signals) signal?.removeEventListener('abort', abort)
    close()
    // A source that waits for its reader goes on, and finds its stream over.
    ask()
  }
  let controller: ReadableStreamDefaultController<T>
  const fail = (error: unknown) => {
    if (isOver) return
    controller.error(error)
    end()
  }
  const give = async (item: T) => {
    await asked
    if (isOver) return
    asked = nextRead()
    controller.enqueue(item)
  }
  const stream = new ReadableStream<T>(
    {
      start: (given) => {
        controller = given
      },
      pull: () => ask(),
      cancel: end,
    },
    { highWaterMark: 0 },
  )
  for (const signal of signals) {
    if (signal?.aborted) fail(signal.reason)
    signal?.addEventListener('abort', abort)
  }
  if (!isOver) close = open({ give, fail })
  return stream
}
