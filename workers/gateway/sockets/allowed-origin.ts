/**
 * Whether a page of this origin may open a customer's connection. Apps and servers send no `Origin`, and are not
 * what it is for: it keeps a stranger's page from speaking in a customer's name, by the customer's own browser.
 *
 * @param host as the request names the gateway
 * @param allowed origins such as `https://www.example.com`, or `*`
 */
export function isAllowedOrigin(origin: string | undefined, host: string, allowed: string[]): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true
  if (!URL.canParse(origin)) return false
  const { host: from, hostname } = new URL(origin)
  return from === host || loopback.has(hostname)
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])
