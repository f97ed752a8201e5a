import { describe, expect, it } from 'vitest'
import { CustomersSeen } from '../../engine/nats/mail/customers-seen.ts'
import { resumeLink } from '../../workers/mailer/resume-link.ts'

const targets = {
  publicUrl: 'https://chat.acme.example/support',
  origins: ['https://www.acme.example', 'https://*.shop.example', '*', 'null'],
}
const fallback = 'https://chat.acme.example/support/chat?channel=web&lang=en#frontdesk=token'
const linkFor = (page: string | undefined, changes = {}) =>
  resumeLink({ ...targets, ...changes }, { channel: 'web', language: 'en', page }, 'token')

describe('the link in an e-mail', () => {
  it.each([
    ['https://www.acme.example/cart?token=1#top', 'https://www.acme.example/cart#frontdesk=token'],
    ['https://de.shop.example/', 'https://de.shop.example/#frontdesk=token'],
    ['https://chat.acme.example/', 'https://chat.acme.example/#frontdesk=token'],
  ])('leads to a page of the company’s: %s', (page, link) => {
    expect(linkFor(page)).toBe(link)
  })

  it.each([
    undefined,
    '',
    'not a URL',
    'https://evil.example/cart',
    'http://www.acme.example/cart',
    'https://www.acme.example.evil.example/',
    'https://www.acme.example@evil.example/',
    'https://evil.example/https://www.acme.example/',
    'https://shop.example/',
    'https://evil.shop.example.evil.example/',
    'javascript:alert(1)//https://www.acme.example',
    'data:text/html,hi',
    'file:///etc/passwd',
    'http://localhost:8080/',
    'http://127.0.0.1/',
  ])('leads to the gateway’s own page instead of %s', (page) => {
    expect(linkFor(page)).toBe(fallback)
  })

  it('leads to this machine where the gateway is on it', () => {
    expect(linkFor('http://127.0.0.1:8080/', { publicUrl: 'http://127.0.0.1:8080' })).toBe(
      'http://127.0.0.1:8080/#frontdesk=token',
    )
  })
})

describe('a customer', () => {
  const minute = 60_000
  const start = 1_000_000_000
  it('is unknown until a mailer has listened for long enough, and then gone', () => {
    const seen = new CustomersSeen(start)
    expect(seen.whereabouts('c', start + minute)).toBe('unknown')
    expect(seen.whereabouts('c', start + 2 * minute)).toBe('gone')
    seen.listenAnew(start + 2 * minute)
    expect(seen.whereabouts('c', start + 3 * minute)).toBe('unknown')
    seen.hear('c', 'gone', start + 3 * minute)
    expect(seen.whereabouts('c', start + 3 * minute)).toBe('gone')
  })

  it('has seen what is older than a page in sight by more than a dead connection lasts', () => {
    const seen = new CustomersSeen(start)
    seen.hear('c', 'here', start + 5 * minute)
    seen.hear('c', 'gone', start + 6 * minute)
    expect(seen.hereUntil('c')).toBe(start + 4 * minute)
    expect(seen.hereUntil('d')).toBe(0)
  })

  it('whose page is out of sight for a quarter of an hour has gone', () => {
    const seen = new CustomersSeen(start)
    for (let n = 0; n <= 15; n++) seen.hear('c', 'away', start + n * minute)
    expect(seen.whereabouts('c', start + 14 * minute)).toBe('away')
    expect(seen.whereabouts('c', start + 15 * minute)).toBe('gone')
    seen.hear('c', 'here', start + 15 * minute)
    expect(seen.whereabouts('c', start + 15 * minute)).toBe('here')
  })
})
