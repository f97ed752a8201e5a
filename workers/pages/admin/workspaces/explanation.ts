import type { WorkspaceSettings } from '../../../../schemas/configuration/workspace.ts'
import { workspaceDefaults } from '../../../../schemas/configuration/workspace-defaults.ts'
import type { AdminWords } from '../../base/words.ts'
import { readDuration } from '../channels/duration.ts'

/**
 * Explains how requests travel with these settings, a sentence each.
 *
 * @param names a stored schedule’s name, and any workspace’s
 */
export function explanationOf(
  { routing, offerTimeout, capacity, schedule, overflow }: WorkspaceSettings,
  { explain }: Pick<AdminWords, 'explain'>,
  locale: string,
  names: { schedule(id: string): string | undefined; workspace(id: string): string },
): string[] {
  const isAssigned = (routing ?? workspaceDefaults.routing) === 'assigned'
  const routes = isAssigned
    ? [
        explain.assigned(capacity ?? workspaceDefaults.capacity),
        explain.offer(durationText(offerTimeout ?? workspaceDefaults.offerTimeout, locale)),
        explain.nobody,
      ]
    : [explain.broadcast]
  if (!overflow?.workspace) return [...routes, explain.stay]
  const { queue, wait } = overflow
  const workspace = names.workspace(overflow.workspace)
  const name = schedule ? names.schedule(schedule) : undefined
  const reasons = [
    ...(name === undefined ? [] : [explain.outside(name)]),
    ...(queue === undefined ? [] : [explain.queue(queue)]),
    ...(wait === undefined ? [] : [explain.wait(durationText(wait, locale))]),
  ]
  return reasons.length === 0
    ? [...routes, explain.noReason(workspace)]
    : [
        ...routes,
        explain.overflow(workspace, new Intl.ListFormat(locale, { type: 'disjunction' }).format(reasons)),
      ]
}

/** `30 seconds` */
function durationText(text: string, locale: string): string {
  const { count, unit } = readDuration(text)
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: unit.slice(0, -1),
    unitDisplay: 'long',
    maximumFractionDigits: 3,
  }).format(count)
}
