/**
 * What the address says to sign in with, `#code=…` or `#token=…`: the body of `POST /v1/sign-in`. It leaves the
 * address at once: it must be in no history and under nobody's eyes. What stays is where it leads to, `…&to=/c/c1`.
 */
export function takeCredentials(): { code: string } | { token: string } | undefined {
  const given = new URLSearchParams(location.hash.slice(1))
  const code = given.get('code')
  const token = given.get('token')
  if (code === null && token === null) return undefined
  const to = given.get('to')
  history.replaceState(history.state, '', location.pathname + location.search + (to === null ? '' : `#${to}`))
  return code === null ? { token: token ?? '' } : { code }
}
