import type { Logger } from 'pino'
import type { WorkspaceSettings } from '../../../../schemas/configuration/workspace.ts'
import { ConfiguredHours } from '../../../core/hours/configured-hours.ts'
import { readDocument } from '../../../core/read-document.ts'
import { Bucket, type BucketEntry } from '../../bucket.ts'
import type { RoleConnection } from '../../connect.ts'
import type { RoutedWorkspace } from './route.ts'

/**
 * Keeps the configured workspaces with their opening hours up to date. A document that is not valid is passed over.
 *
 * @param changed called with the workspaces by id, now and after each change
 */
export async function watchWorkspaces(
  role: RoleConnection,
  log: Logger,
  changed: (workspaces: ReadonlyMap<string, RoutedWorkspace>) => void,
): Promise<() => void> {
  const settings = new Map<string, WorkspaceSettings>()
  const schedules = new ConfiguredHours()
  let isListed = false
  const report = () => {
    if (isListed)
      changed(
        new Map(
          [...settings].map(([id, one]) => [
            id,
            { settings: one, hours: schedules.all.get(one.schedule || '')?.hours },
          ]),
        ),
      )
  }
  const put = ({ key, value }: BucketEntry) => {
    const [kind = '', id = ''] = key.split('.')
    if (kind !== 'workspace' && kind !== 'schedule' && kind !== 'calendar') return
    const read = value === null ? undefined : readDocument(kind, value)
    if (read && !read.ok) log.error({ key, problem: read.error.message }, 'passing over a configuration')
    const document = read?.ok ? read.value : undefined
    if (document?.kind === 'workspace') settings.set(id, document.document)
    else if (document) schedules.put(document)
    else if (kind === 'workspace') settings.delete(id)
    else schedules.delete(kind, id)
    report()
  }
  return new Bucket(role, 'configuration').watch('*.*', {
    listing: () => {
      isListed = false
    },
    changed: put,
    listed: () => {
      isListed = true
      report()
    },
  })
}
