import { randomUUID } from 'node:crypto'
import { nkeys } from '@nats-io/transport-node'

type KeyPair = ReturnType<typeof nkeys.createUser>

/** A server's configuration with an operator, whose account has JetStream, and files of credentials for it. */
export function operatorFiles(): { configuration: string; creds(): string } {
  const [operator, system, account] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createAccount()]
  const unlimited = { subs: -1, data: -1, payload: -1 }
  const accountLimits = { ...unlimited, imports: -1, exports: -1, conn: -1, wildcards: true }
  const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 }
  const accounts = [
    [system, jwt(operator, system, 'SYS', { type: 'account', limits: accountLimits })],
    [account, jwt(operator, account, 'A', { type: 'account', limits: { ...accountLimits, ...storage } })],
  ] as const
  const configuration = `operator: ${jwt(operator, operator, 'O', { type: 'operator' })}
system_account: ${system.getPublicKey()}
resolver: MEMORY
resolver_preload { ${accounts.map(([key, made]) => `${key.getPublicKey()}: ${made}`).join(', ')} }
`
  return {
    configuration,
    creds: () => {
      const user = nkeys.createUser()
      const made = jwt(account, user, 'jo', { type: 'user', ...unlimited })
      return `-----BEGIN NATS USER JWT-----
${made}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${new TextDecoder().decode(user.getSeed())}
------END USER NKEY SEED------
`
    },
  }
}

/** A JWT of NATS, version 2: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt */
function jwt(issuer: KeyPair, subject: KeyPair, name: string, nats: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const [iss, sub] = [issuer.getPublicKey(), subject.getPublicKey()]
  const claims = { jti: randomUUID(), iat: Math.floor(Date.now() / 1000), iss, sub, name }
  const head = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode({ ...claims, nats: { ...nats, version: 2 } })}`
  return `${head}.${Buffer.from(issuer.sign(Buffer.from(head))).toString('base64url')}`
}
