import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'

/** Identifies a process for good: a pid alone may be reused. */
export interface ProcessIdentity {
  pid: number
  started: string
}

/** `undefined`: no such process, or a zombie. */
export async function lookAtProcess(
  pid: number,
): Promise<(ProcessIdentity & { command: string }) | undefined> {
  return process.platform === 'linux' ? await fromProc(pid) : await fromPs(pid)
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await lookAtProcess(identity.pid))?.started === identity.started
}

export async function thisProcess(): Promise<ProcessIdentity> {
  const found = await lookAtProcess(process.pid)
  return { pid: process.pid, started: found?.started ?? 'unknown' }
}

async function fromProc(pid: number) {
  try {
    const [stat, command, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // The second field, the name, is in brackets and may hold anything; state is the 3rd, start the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return { pid, started: `${boot.trim()}:${fields[19]}`, command: command.replaceAll('\0', ' ').trim() }
  } catch {
    return undefined
  }
}

function fromPs(pid: number): Promise<(ProcessIdentity & { command: string }) | undefined> {
  return new Promise((resolve) => {
    const columns = ['-ww', '-o', 'stat=', '-o', 'lstart=', '-o', 'command=', '-p', String(pid)]
    execFile('ps', columns, { env: { ...process.env, LC_ALL: 'C' } }, (error, stdout) => {
      // STAT, then `Mon Jun  1 10:00:00 2026`, then the command line
      const found = /^\s*(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/s.exec(stdout)
      if (error || !found?.[1] || found[1].startsWith('Z')) return resolve(undefined)
      resolve({ pid, started: found[2] ?? '', command: (found[3] ?? '').trim() })
    })
  })
}
