import { copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { GenericContainer, getContainerRuntimeClient, ImageName } from 'testcontainers'
import { runProgram } from '../workers/nats-server/fetch/run-program.ts'
import { officialImage } from '../workers/nats-server/resolve/container-server.ts'
import { findServer } from '../workers/nats-server/resolve/find-server.ts'

const madeHere = 'frontdesk-nats:local'
const pullTimeoutMs = 120_000

/** The name of an image with a nats-server in it: FRONTDESK_NATS_IMAGE, the official one, or one made here. */
export async function natsImage(report: (line: string) => void): Promise<string> {
  if (process.env.FRONTDESK_NATS_IMAGE) return process.env.FRONTDESK_NATS_IMAGE
  const { image } = await getContainerRuntimeClient()
  const official = ImageName.fromString(officialImage)
  if (await image.exists(official)) return officialImage
  try {
    await Promise.race([image.pull(official), timeOut()])
    return officialImage
  } catch (error) {
    report(
      `${officialImage} cannot be had (${(error as Error).message}): making an image of this machine's server`,
    )
  }
  // Where that registry does not answer, the image of testcontainers' own cleaner cannot be had either.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
  await makeImage(await findServer({ report }))
  return madeHere
}

async function timeOut(): Promise<never> {
  return await new Promise((_, reject) => {
    setTimeout(() => reject(new Error('its registry takes too long')), pullTimeoutMs).unref()
  })
}

async function makeImage(binary: string): Promise<void> {
  if (process.platform !== 'linux') throw new Error('an image for Linux can only be made on Linux')
  const context = await mkdtemp(join(tmpdir(), 'frontdesk-image-'))
  try {
    await copyInto(context, binary, '/usr/local/bin/nats-server')
    for (const library of await librariesOf(binary)) await copyInto(context, library, library)
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY root /\n')
    await GenericContainer.fromDockerfile(context).build(madeHere, { deleteOnExit: false })
  } finally {
    await rm(context, { recursive: true, force: true })
  }
}

async function copyInto(context: string, file: string, place: string): Promise<void> {
  const target = join(context, 'root', place)
  await mkdir(dirname(target), { recursive: true })
  await copyFile(await realpath(file), target)
}

/** None for a release's binary, which is static; Debian's needs its libc and loader. */
async function librariesOf(binary: string): Promise<string[]> {
  const { stdout } = await runProgram('ldd', [binary])
  return [...stdout.matchAll(/(?:=> |^\s*)(\/\S+)/gm)].map(([, path = '']) => path)
}
