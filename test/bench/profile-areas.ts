import { readdir, readFile } from 'node:fs/promises'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The part of a V8 CPU profile that is read here. */
interface CpuProfile {
  nodes: {
    id: number
    callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number }
  }[]
  samples: number[]
  /** Microseconds from one sample to the next. */
  timeDeltas: number[]
}

/** The areas of frontdesk's sources, by what their paths begin with; the first that fits counts. */
const areas: [path: string, area: string][] = [
  ['engine/core/', 'decide'],
  ['engine/machines/', 'decide'],
  ['engine/texts/', 'decide'],
  ['schemas/', 'schemas'],
  ['engine/nats/notifier/', 'notifier'],
  ['engine/nats/', 'NATS adapters'],
  ['engine/', 'loop'],
  ['workers/', 'workers'],
]

/**
 * The share of each area in the busy time of the profile in a folder, from a time after the start on, the largest
 * first: frontdesk's sources by room, packages by name, Node's own modules, socket writes and other native calls,
 * the garbage collector, and what is outside JavaScript, such as waking up.
 */
export async function readAreas(folder: string, afterMs: number): Promise<[area: string, share: number][]> {
  const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'))
  const { nodes, samples, timeDeltas }: CpuProfile = JSON.parse(await readFile(join(folder, file), 'utf8'))
  const maps = new Map<string, SourceMap | undefined>()
  const areaOfNode = new Map<number, string>()
  for (const { id, callFrame } of nodes) {
    const { functionName, url, lineNumber, columnNumber } = callFrame
    if (!maps.has(url)) maps.set(url, await sourceMapOf(url))
    const entry = maps.get(url)?.findEntry(lineNumber, columnNumber)
    const source = entry && 'originalSource' in entry ? entry.originalSource : url
    areaOfNode.set(id, areaOf(source, functionName))
  }
  const spent = new Map<string, number>()
  let atUs = 0
  for (const [n, id] of samples.entries()) {
    const deltaUs = timeDeltas[n] ?? 0
    atUs += deltaUs
    const area = areaOfNode.get(id) ?? ''
    if (atUs >= afterMs * 1_000 && area !== 'idle') spent.set(area, (spent.get(area) ?? 0) + deltaUs)
  }
  const all = [...spent.values()].reduce((sum, us) => sum + us, 0)
  return [...spent]
    .map(([area, us]): [string, number] => [area, us / all])
    .sort(([, one], [, other]) => other - one)
}

async function sourceMapOf(url: string): Promise<SourceMap | undefined> {
  if (!/^file:.*\/dist\//.test(url)) return undefined
  const map = await readFile(`${fileURLToPath(url)}.map`, 'utf8').catch(() => undefined)
  return map === undefined ? undefined : new SourceMap(JSON.parse(map))
}

function areaOf(source: string, functionName: string): string {
  if (functionName === '(idle)') return 'idle'
  if (functionName === '(garbage collector)') return 'garbage collector'
  if (source.startsWith('node:')) return 'node'
  if (functionName === '(program)') return 'outside JavaScript'
  if (source === '') return functionName.startsWith('write') ? 'socket writes' : 'native calls'
  const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]
  if (name) return name
  return areas.find(([path]) => source.includes(path))?.[1] ?? 'other'
}
