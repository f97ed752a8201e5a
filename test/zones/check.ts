import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { timeZone } from '../../schemas/configuration/schedule.ts'
import { TimeZone, zoneDataVersion } from '../../schemas/time-zone.ts'
import { changesOf, readTzif } from './read-tzif.ts'

/**
 * `npm run check:zones -- <zoneinfo folder>`: compares the zones of opening hours with compiled files of the tz database,
 * such as those of Debian's package tzdata: each change of offset from 2024 to 2030, and the hours between.
 */
const from = Date.UTC(2024, 0, 1) / 1000
const to = Date.UTC(2031, 0, 1) / 1000
/** The hours between are looked at this often: no zone leaves an offset and comes back sooner. */
const probeSeconds = 6 * 3600

const [folder] = process.argv.slice(2)
if (folder === undefined || !(await stat(folder).catch(() => undefined))?.isDirectory()) {
  process.stderr.write('usage: npm run check:zones -- <zoneinfo folder>, such as /usr/share/zoneinfo\n')
  process.exit(2)
}
const counts = { zones: 0, changes: 0, instants: 0, differences: 0 }
const passedOver: string[] = []
for (const name of await zonesIn(folder)) {
  const file = await readFile(join(folder, name))
  if (file.toString('latin1', 0, 4) !== 'TZif') continue
  if (!timeZone.safeParse(name).success) {
    passedOver.push(name)
    continue
  }
  counts.zones++
  const zone = TimeZone.named(name)
  const changes = changesOf(readTzif(file), from, to)
  counts.changes += changes.length - 1
  let wrong = 0
  for (const [i, { at, offset }] of changes.entries()) {
    const next = changes[i + 1]?.at ?? to
    const instants = [at, next - 1]
    for (let probe = at + probeSeconds; probe < next; probe += probeSeconds) instants.push(probe)
    counts.instants += instants.length
    for (const instant of instants) {
      const ours = Math.round(zone.offset(instant * 1000) * 60)
      if (ours === offset) continue
      if (wrong++ === 0)
        process.stderr.write(
          `${name}: ${new Date(instant * 1000).toISOString()}: ${ours / 60} minutes instead of ${offset / 60}\n`,
        )
    }
  }
  if (wrong > 0) counts.differences++
}
const version = (await readFile(join(folder, 'tzdata.zi'), 'utf8').catch(() => '')).match(
  /^# version (\S+)/,
)?.[1]
process.stdout.write(
  `${JSON.stringify({ ours: zoneDataVersion, theirs: version ?? null, ...counts, passedOver })}\n`,
)
process.exitCode = counts.differences > 0 || counts.zones === 0 ? 1 : 0

/** The names of all files; `posix` and `right` repeat them. */
async function zonesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length)
        .replace(/^[\\/]+/, ''),
    )
    .filter((name) => !/^(posix|right)[\\/]/.test(name))
    .sort()
}
