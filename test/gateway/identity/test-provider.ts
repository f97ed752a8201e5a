import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { ProviderSettings } from '../../../workers/settings/gateway.ts'

export interface TestProvider {
  settings: ProviderSettings
  /** Signed as the provider does it: by its newest key, unless another one is named. */
  sign(claims: JWTPayload, header?: { kid?: string; alg?: string }): Promise<string>
  /** A key more; the ones before it stay published. Says its id. */
  addKey(alg?: string): Promise<string>
  /** Not published any more. */
  removeKey(kid: string): void
  /** The public key as text, for those who would take it for a secret. */
  publicText(kid: string): string
  /** How often its keys were fetched. */
  fetches(): number
  /** Answers 500 from now on, or no longer. */
  fail(isFailing: boolean): void
  stop(): Promise<void>
}

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>

/** An identity provider: a server that publishes keys, and tokens that they sign. */
export async function startTestProvider(): Promise<TestProvider> {
  const keys = new Map<string, { pair: KeyPair; jwk: object; alg: string }>()
  let count = 0
  let fetches = 0
  let isFailing = false
  const server = createServer((_, response) => {
    fetches++
    response.writeHead(isFailing ? 500 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys: [...keys.values()].map(({ jwk }) => jwk) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const settings: ProviderSettings = {
    issuer: 'https://login.example.com/',
    jwksUrl: `http://127.0.0.1:${port}/jwks`,
    audience: 'frontdesk',
    rolesClaim: 'roles',
    workspacesClaim: 'workspaces',
    roleNames: { agent: 'agent', administrator: 'administrator', engineer: 'engineer' },
  }
  const provider: TestProvider = {
    settings,
    sign: (claims, { kid = [...keys.keys()].at(-1) ?? '', alg } = {}) => {
      const key = keys.get(kid)
      if (!key) throw new Error(`there is no key ${kid}`)
      const jwt = new SignJWT({ iss: settings.issuer, aud: settings.audience, sub: 'u-7', ...claims })
      if (!('exp' in claims)) jwt.setExpirationTime('1h')
      return jwt.setProtectedHeader({ alg: alg ?? key.alg, kid }).sign(key.pair.privateKey)
    },
    addKey: async (alg = 'RS256') => {
      const kid = `key-${++count}`
      const pair = await generateKeyPair(alg, { extractable: true })
      keys.set(kid, { pair, alg, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' } })
      return kid
    },
    removeKey: (kid) => {
      keys.delete(kid)
    },
    publicText: (kid) => JSON.stringify(keys.get(kid)?.jwk),
    fetches: () => fetches,
    fail: (to) => {
      isFailing = to
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
  await provider.addKey()
  return provider
}
