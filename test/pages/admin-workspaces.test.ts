import { describe, expect, it } from 'vitest'
import type { WorkspaceSettings } from '../../schemas/configuration/workspace.ts'
import { explanationOf } from '../../workers/pages/admin/workspaces/explanation.ts'
import { adminWords } from '../../workers/pages/base/words.ts'

const explain = (settings: Partial<WorkspaceSettings>, language: 'en' | 'fr' = 'en') =>
  explanationOf({ id: 'main', ...settings }, adminWords(language), language, {
    schedule: (id) => (id === 'paris' ? 'Paris office' : undefined),
    workspace: (id) => id,
  })

describe('the explanation of a workspace', () => {
  it('says who sees a request, and that it stays', () => {
    expect(explain({})).toEqual([
      'Every agent of the workspace sees it; the first to accept gets it.',
      'It stays here until somebody accepts it.',
    ])
  })

  it('says to whom it is offered, and for how long', () => {
    expect(explain({ routing: 'assigned', offerTimeout: 'PT1M', capacity: 1 })).toEqual([
      'It is offered to the agent who is online, has fewer than one conversation, and has waited longest for one.',
      'If they do not take it within 1 minute, it is offered to the next; to nobody twice before all were asked.',
      'While nobody is online with room, every agent sees it, and the first to accept gets it.',
      'It stays here until somebody accepts it.',
    ])
  })

  it('gives only the reasons that are there; a schedule that does not exist is none', () => {
    const last = (settings: Partial<WorkspaceSettings>) => explain(settings).at(-1)
    const overflow = { workspace: 'night' }
    expect(last({ schedule: 'gone', overflow })).toBe(
      'Nothing sends it to night yet: choose hours, a length or a wait.',
    )
    expect(last({ schedule: 'paris', overflow })).toBe('It goes to night outside the hours of Paris office.')
    expect(last({ overflow: { ...overflow, queue: 1, wait: 'PT90S' } })).toBe(
      'It goes to night if one waits already or once it has waited 90 seconds.',
    )
  })

  it('speaks French', () => {
    const settings = { schedule: 'paris', overflow: { workspace: 'nuit', queue: 20, wait: 'PT10M' } }
    expect(explain(settings, 'fr').at(-1)).toBe(
      'Elle va vers nuit en dehors des heures de Paris office, si 20 attendent déjà ou après 10 minutes d’attente.',
    )
  })
})
