import { type ParseArgsConfig, parseArgs } from 'node:util'
import { version } from '../build/version.mjs'
import { variablesOf } from '../settings/settings.ts'
import { type Variable, WrongSetting } from '../settings/variable.ts'
import { commands } from './commands.ts'
import { type AnyCommand, UsageError } from './shell/command.ts'
import { explainError } from './shell/report.ts'

/**
 * The command line. Standard output holds a command's answer only; an error is one line on standard error.
 * Exit codes: 0 done, 1 failed, 2 called wrongly.
 */
export async function main(args: string[]): Promise<void> {
  // The reader of our answer may have closed the pipe (`| head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  process.on('unhandledRejection', fail)
  process.on('uncaughtException', fail)
  try {
    const code = await dispatch(args)
    process.stdout.write('', () => process.exit(code))
  } catch (error) {
    fail(error)
  }
}

async function dispatch([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = name === 'help' ? args[0] : undefined
    process.stdout.write(about === undefined ? overview() : help(await load(about)))
    return 0
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${version}\n`)
    return 0
  }
  const command = await load(name)
  const called = parse(name, command, args)
  if (called.values.help) {
    process.stdout.write(help(command))
    return 0
  }
  try {
    return (await command.run(called)) ?? 0
  } catch (error) {
    if (error instanceof UsageError)
      throw new UsageError(`${error.message}; see frontdesk ${name} --help`, { cause: error })
    throw error
  }
}

async function load(name: string): Promise<AnyCommand> {
  if (!Object.hasOwn(commands, name))
    throw new UsageError(
      name.startsWith('-')
        ? `no option ${name} goes before the command; see frontdesk --help`
        : `there is no command ${name}; see frontdesk --help`,
    )
  return (await commands[name]?.load())?.default as AnyCommand
}

function parse(name: string, command: AnyCommand, args: string[]) {
  const options: ParseArgsConfig['options'] = {
    ...command.options,
    help: { type: 'boolean', short: 'h' },
  }
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    return { values: values as { help?: boolean }, positionals }
  } catch (error) {
    const [problem = ''] = (error as Error).message.split(/\. |\n/)
    throw new UsageError(`${problem.replace(/\.$/, '')}; see frontdesk ${name} --help`, { cause: error })
  }
}

function overview(): string {
  const entries = Object.values(commands)
  const width = Math.max(...entries.map(({ synopsis }) => synopsis.length))
  return [
    'frontdesk — a durable conversation engine for customer messaging',
    '',
    'Usage: npx frontdesk <command> [options]',
    '',
    'Commands:',
    ...entries.map(({ synopsis, summary }) => `  ${synopsis.padEnd(width)}  ${summary}`),
    '',
    'Options:',
    '  -h, --help     show this help, or after a command its own',
    '  -v, --version  print the version',
    '',
    environmentHelp(variablesOf.all),
    '',
    'Example:',
    '  npm start                  # in one terminal',
    '  npx frontdesk chat web     # in another one: the customer',
    '  npx frontdesk desk         # in a third: the agent',
    '',
  ].join('\n')
}

function help({ usage, environment }: AnyCommand): string {
  const [before = '', example = ''] = usage.trim().split(/\n(?=Examples?:)/)
  return `${[before.trim(), environmentHelp(environment), example].filter(Boolean).join('\n\n')}\n`
}

function environmentHelp(variables: readonly Variable[]): string {
  const width = Math.max(...variables.map(({ name }) => name.length))
  return ['Environment:', ...variables.map(({ name, help }) => `  ${name.padEnd(width)}  ${help}`)].join('\n')
}

function fail(error: unknown): never {
  const isUsage = error instanceof UsageError || error instanceof WrongSetting
  process.stderr.write(`frontdesk: ${explainError(error)}\n`)
  if (process.env.LOG_LEVEL === 'debug' || process.env.LOG_LEVEL === 'trace')
    process.stderr.write(`${(error as Error)?.stack ?? error}\n`)
  process.exit(isUsage ? 2 : 1)
}
