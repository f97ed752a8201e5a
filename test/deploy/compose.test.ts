import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { natsRoles } from '../../schemas/roles.ts'
import { commands } from '../../workers/cli/commands.ts'
import { variablesOf } from '../../workers/settings/settings.ts'

/* The files for containers and systemd, held against the code: a setting that no worker reads would be ignored in silence. */

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')
const { version } = JSON.parse(read('package.json')) as { version: string }

interface Service {
  image: string
  command?: string[]
  environment: Record<string, string | null>
  depends_on?: Record<string, unknown>
  [setting: string]: unknown
}

/** Compose's own tag `!reset` removes what the first file says. */
const reset = { tag: '!reset', collection: 'seq', resolve: () => undefined } as const
const servicesOf = (path: string) =>
  (parse(read(path), { merge: true, customTags: [reset] }) as { services: Record<string, Service> }).services

const services = servicesOf('docker-compose.yml')
const threeNodes = servicesOf('workers/deploy/three-nodes.yml')
const workers = Object.entries(services).filter(([name]) => name !== 'nats')
const roles = ['engine', 'notifier', 'caller', 'mailer', 'gateway'] as const

const namesOf = (variables: readonly { name: string }[]) => variables.map(({ name }) => name)
const namesIn = (envFile: string) => [...read(envFile).matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)

describe('the image', () => {
  const dockerfile = read('workers/deploy/Dockerfile')

  it('is described without a fault', () => {
    expect(
      validate(dockerfile, {}).map(({ message, range }) => `${range.start.line + 1}: ${message}`),
    ).toEqual([])
  })

  it('is built from exact versions', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
    expect(bases).toHaveLength(2)
    for (const base of bases) expect(base).toMatch(/^node:\d+\.\d+\.\d+-[a-z-]+$/)
    expect(new Set(bases).size).toBe(1)
  })

  it('runs Node as its first process, by a number that is not root', () => {
    expect([...dockerfile.matchAll(/^USER (\d+)/gm)].map(([, user]) => Number(user))).toEqual([1000])
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", /m)
  })

  it('sets only settings that there are', () => {
    const set = [...dockerfile.matchAll(/\b(FRONTDESK_[A-Z_]+|NATS_[A-Z_]+)=/g)].map(([, name]) => name)
    expect(set.length).toBeGreaterThan(0)
    expect(namesOf(variablesOf.all)).toEqual(expect.arrayContaining(set))
  })
})

describe('the systemd unit', () => {
  it('sets only settings that there are', () => {
    const unit = read('workers/deploy/systemd/frontdesk@.service')
    const set = [...unit.matchAll(/\b(FRONTDESK_[A-Z_]+|NATS_[A-Z_]+)=/g)].map(([, name]) => name)
    expect(set.length).toBeGreaterThan(0)
    expect(namesOf(variablesOf.all)).toEqual(expect.arrayContaining(set))
  })
})

describe('docker-compose.yml', () => {
  it('runs every worker, from the image of this version', () => {
    expect(services.engine?.image).toBe(`frontdesk:${version}`)
    expect(workers.map(([name]) => name).sort()).toEqual([...roles, 'frontdesk'].sort())
    for (const role of roles) {
      expect(services[role]?.command).toEqual([role])
      expect(commands).toHaveProperty(role)
    }
  })

  it.each(workers)('gives %s no rights that it does not need', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
  })

  it.each(roles)('passes %s each secret that it reads, and nothing that it does not', (role) => {
    const variables: readonly { name: string; isSecret?: true }[] = variablesOf[role]
    const given = Object.keys(services[role]?.environment ?? {})
    expect(namesOf(variables)).toEqual(expect.arrayContaining(given))
    expect(given).toEqual(expect.arrayContaining(namesOf(variables.filter(({ isSecret }) => isSecret))))
  })

  it('gives the gateway the accounts of the roles, and never the engine’s', () => {
    const urls = Object.entries(services.gateway?.environment ?? {}).filter(([name]) =>
      name.startsWith('NATS'),
    )
    expect(urls.length).toBeGreaterThan(1)
    for (const [, url] of urls) expect(url).not.toContain('FRONTDESK_PASSWORD')
  })

  it('gives NATS the password of each account', () => {
    const passwords = ['frontdesk', ...natsRoles].map((user) => `${user.toUpperCase()}_PASSWORD`)
    expect(Object.keys(services.nats?.environment ?? {}).sort()).toEqual([...passwords, 'NATS_NAME'].sort())
    expect(read('docker-compose.yml')).toContain(
      `for user in ${['frontdesk', ...natsRoles].join(' ').toUpperCase()}\n`,
    )
  })

  it('has defaults only for settings that there are', () => {
    const set = namesIn('workers/deploy/compose.env')
    expect(set.length).toBeGreaterThan(0)
    expect(namesOf(variablesOf.all)).toEqual(expect.arrayContaining(set))
  })
})

describe('three-nodes.yml', () => {
  const nodes = ['nats', 'nats-2', 'nats-3']

  it('adds two nodes, of one cluster, on volumes of their own', () => {
    expect(Object.keys(threeNodes).filter((name) => name.startsWith('nats'))).toEqual(nodes)
    const routes = /routes: \[(.*)\]/.exec(read('workers/deploy/nats-cluster.conf'))?.[1]
    expect(routes?.match(/\/\/[^:]+/g)).toEqual(nodes.map((node) => `//${node}`))
    for (const node of nodes.slice(1)) expect(threeNodes[node]?.volumes).toContain(`${node}:/data`)
  })

  it.each(workers)('connects %s to each of them, with the account that it has', (name, service) => {
    const { environment, depends_on: after } = threeNodes[name] ?? {}
    for (const [variable, url] of Object.entries(service.environment).filter(([each]) =>
      each.startsWith('NATS'),
    ))
      expect(environment?.[variable]).toBe(
        `${url?.replace(/:\?[^}]*/, '')},${nodes
          .slice(1)
          .map((node) => `nats://${node}:4222`)
          .join(',')}`,
      )
    expect(Object.keys({ ...service.depends_on, ...after })).toEqual(expect.arrayContaining(nodes))
  })

  it('has three replicas of each stream wherever streams are made', () => {
    for (const [name] of workers.filter(([name]) => name !== 'gateway'))
      expect(threeNodes[name]?.environment.FRONTDESK_REPLICAS).toBe('3')
  })
})
