import { spawn } from 'node:child_process'

const outputKeptBytes = 4 * 1024 * 1024

export interface ProgramResult {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a program to its end, without a shell. `code` is `null` where there is no such program. */
export function runProgram(
  program: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...(options.cwd ? { cwd: options.cwd } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
      // The messages are parsed, so they must be in English.
      env: { ...(options.env ?? process.env), LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 600_000,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout = (stdout + chunk).slice(-outputKeptBytes)
    })
    child.stderr.on('data', (chunk) => {
      stderr = (stderr + chunk).slice(-outputKeptBytes)
    })
    child.once('error', (error) => resolve({ code: null, stdout, stderr: error.message }))
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}
