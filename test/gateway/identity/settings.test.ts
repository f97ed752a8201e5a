import { describe, expect, it } from 'vitest'
import { readSettings } from '../../../workers/settings/settings.ts'
import { WrongSetting } from '../../../workers/settings/variable.ts'

const gateway = (env: NodeJS.ProcessEnv) => readSettings(env).gateway
const provider = {
  FRONTDESK_OIDC_ISSUER: 'https://login.example.com/',
  FRONTDESK_OIDC_JWKS_URL: 'https://login.example.com/jwks',
  FRONTDESK_OIDC_AUDIENCE: 'frontdesk',
}

describe('the gateway’s settings', () => {
  it('listen on this machine only by default', () => {
    expect(gateway({})).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      publicUrl: undefined,
      origins: [],
      trustProxy: false,
      remoteSignIn: false,
      loginRequired: false,
      identityProvider: undefined,
      limits: {
        connectionsMax: 20_000,
        connectionsPerAddressMax: 100,
        eventsPerSecondMax: 10,
        eventsPerSecondPerAddressMax: 100,
        bytesPerSecondMax: 16_384,
        bytesPerSecondPerAddressMax: 131_072,
        conversationsPerMinutePerAddressMax: 60,
        conversationsPerDayPerAddressMax: 1_000,
        openRequestsPerAddressMax: 50,
      },
    })
  })

  it('accept a public URL as an origin', () => {
    for (const url of [
      'https://chat.example.com',
      'https://chat.example.com/',
      'https://CHAT.example.com:443',
    ])
      expect(gateway({ FRONTDESK_PUBLIC_URL: url }).publicUrl).toBe('https://chat.example.com')
    expect(gateway({ FRONTDESK_PUBLIC_URL: 'http://[::1]:8080' }).publicUrl).toBe('http://[::1]:8080')
    for (const url of ['https://example.com/support', 'https://example.com/support/'])
      expect(gateway({ FRONTDESK_PUBLIC_URL: url }).publicUrl).toBe('https://example.com/support')
  })

  it('accept several origins, or all', () => {
    const origins = (text: string) => gateway({ FRONTDESK_ORIGINS: text }).origins
    expect(origins('https://a.example.com, http://b.example.com:81/')).toEqual([
      'https://a.example.com',
      'http://b.example.com:81',
    ])
    expect(origins('*')).toEqual(['*'])
    const others = ['https://*.example.com', 'null', 'capacitor://localhost', 'ionic://localhost']
    expect(origins(others.join(','))).toEqual(others)
    expect(origins('HTTPS://*.Example.com:8443/')).toEqual(['https://*.example.com:8443'])
  })

  it('accept an identity provider, with its own claim names', () => {
    expect(gateway(provider).identityProvider).toEqual({
      issuer: 'https://login.example.com/',
      jwksUrl: 'https://login.example.com/jwks',
      audience: 'frontdesk',
      rolesClaim: 'roles',
      workspacesClaim: 'workspaces',
      roleNames: { agent: 'agent', administrator: 'administrator', engineer: 'engineer' },
    })
    const named = gateway({
      ...provider,
      FRONTDESK_OIDC_ROLES_CLAIM: 'realm_access.roles',
      FRONTDESK_OIDC_AGENT_ROLE: 'support',
      FRONTDESK_OIDC_ADMINISTRATOR_ROLE: 'boss',
      FRONTDESK_OIDC_ENGINEER_ROLE: 'devops',
      FRONTDESK_OIDC_WORKSPACES_CLAIM: 'teams',
    })
    expect(named.identityProvider).toMatchObject({
      rolesClaim: 'realm_access.roles',
      roleNames: { agent: 'support', administrator: 'boss', engineer: 'devops' },
      workspacesClaim: 'teams',
    })
  })

  it.each(Object.keys(provider))('require %s if the others are set', (name) => {
    expect(() => gateway({ ...provider, [name]: '' })).toThrow(WrongSetting)
    expect(() => gateway({ ...provider, [name]: '' })).toThrow(new RegExp(`^${name} must be set too`))
  })

  it('name both missing variables', () => {
    expect(() => gateway({ FRONTDESK_OIDC_AUDIENCE: 'frontdesk' })).toThrow(
      /^FRONTDESK_OIDC_ISSUER and FRONTDESK_OIDC_JWKS_URL must be set too/,
    )
  })

  it.each([
    { FRONTDESK_HOST: 'http://127.0.0.1' },
    { FRONTDESK_PUBLIC_URL: 'chat.example.com' },
    { FRONTDESK_PUBLIC_URL: 'https://chat.example.com/?query' },
    { FRONTDESK_PUBLIC_URL: 'https://chat.example.com/#hash' },
    { FRONTDESK_PUBLIC_URL: 'https://user@chat.example.com' },
    { FRONTDESK_PUBLIC_URL: 'ftp://chat.example.com' },
    { FRONTDESK_ORIGINS: 'www.example.com' },
    { FRONTDESK_ORIGINS: 'https://*.com' },
    { FRONTDESK_ORIGINS: 'https://www.*.example.com' },
    { FRONTDESK_ORIGINS: 'capacitor://elsewhere' },
    { FRONTDESK_ORIGINS: 'https://a.example.com,' },
    { FRONTDESK_TRUST_PROXY: 'yes' },
    { FRONTDESK_OIDC_JWKS_URL: 'http://login.example.com/jwks' },
    { FRONTDESK_OIDC_JWKS_URL: 'file:///etc/passwd' },
    { FRONTDESK_CONNECTIONS_MAX: '0' },
    { FRONTDESK_CONNECTIONS_PER_ADDRESS_MAX: '-1' },
    { FRONTDESK_EVENTS_PER_SECOND_MAX: '1.5' },
    { FRONTDESK_EVENTS_PER_SECOND_PER_ADDRESS_MAX: 'many' },
  ])('refuse %j, naming the variable', (env) => {
    expect(() => gateway({ ...provider, ...env })).toThrow(new RegExp(`^${Object.keys(env)[0]}=`))
  })
})
