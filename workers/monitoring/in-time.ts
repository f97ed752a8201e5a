const answerTimeoutMs = 2_000

/** The value; `undefined` where it does not come within two seconds, or an error does. */
export async function inTime<T>(asked: Promise<T>): Promise<{ value: T } | undefined> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), answerTimeoutMs)
  })
  const answer = asked.then(
    (value) => ({ value }),
    () => undefined,
  )
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer))
}
