import { expect, test } from 'vitest'
import { seenBefore } from '../../engine/core/recent.ts'

test('a digest is found only where one begins', () => {
  const [one, other] = ['AAAAaaaaBBBB', 'bbbbCCCCcccc'] as const
  // The eight characters of this id stand across the two.
  const across = 'BBBBbbbbDDDD'
  expect(seenBefore(one + other, across)).toBeNull()
  expect(seenBefore(one + other + across, across)).toBe('same')
  expect(seenBefore(one + other + across, 'BBBBbbbbEEEE')).toBe('other')
  expect(seenBefore(one, one)).toBe('same')
  expect(seenBefore('', one)).toBeNull()
})
