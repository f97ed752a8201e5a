import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { runProgram } from '../../../workers/nats-server/fetch/run-program.ts'

/** The path of a program: as it is given, else in one of the folders, else on the PATH; `undefined` where it is not. */
export async function findProgram(
  name: string,
  given: (string | undefined)[],
  folders: string[] = [],
): Promise<string | undefined> {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const places = [
    ...given.filter((path) => path !== undefined),
    ...[...folders, ...onPath].map((folder) => join(folder, name)),
  ]
  for (const place of places)
    if (
      await access(place, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return place
  return undefined
}

/** A server's name and version, as it prints them. */
export async function versionOfProgram(program: string): Promise<string> {
  const { stdout } = await runProgram(program, ['--version'])
  return stdout.trim().replace(/ sha=.*/, '')
}
