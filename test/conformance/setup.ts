import { afterAll, afterEach, expect } from 'vitest'
import { checkServers } from './check-servers.ts'
import { takeViolations } from './violations.ts'

/*
 * Every test is a test of the descriptions, too: it fails where frontdesk sends what they do not have, over HTTP,
 * WebSockets or NATS, or accepts what they do not allow.
 */

const once = globalThis as { isChecked?: boolean }
if (!once.isChecked) checkServers()
once.isChecked = true

const expectNone = () => expect(takeViolations()).toEqual([])
afterEach(expectNone)
afterAll(expectNone)
