import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface ListedProcess {
  pid: number
  parent: number
  group: number
  command: string
}

/** All living processes; from /proc where there is one, since small containers have no `ps`. */
export function listProcesses(): ListedProcess[] {
  if (process.platform === 'linux') return readdirSync('/proc').flatMap(fromProc)
  const lines = execFileSync('ps', ['-ww', '-A', '-o', 'pid=,ppid=,pgid=,stat=,command='], {
    encoding: 'utf8',
  })
  return lines.split('\n').flatMap((line) => {
    const [, pid, parent, group, state = '', command = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    if (!pid || state.startsWith('Z')) return []
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), command }]
  })
}

function fromProc(name: string): ListedProcess[] {
  if (!/^\d+$/.test(name)) return []
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
    const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state === 'Z') return []
    const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return [{ pid: Number(name), parent: Number(parent), group: Number(group), command }]
  } catch {
    // It has ended since.
    return []
  }
}
