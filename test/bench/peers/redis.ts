import { once } from 'node:events'
import { connect } from 'node:net'
import { freePort } from '../../test-server.ts'
import { Launched } from '../processes.ts'
import { findProgram, versionOfProgram } from './find-program.ts'

const howToGet = `no redis-server was found. Any of these helps:
  Debian, Ubuntu: apt-get install redis-server; or, without installing it, in a folder of your own:
                  apt-get download redis-server redis-tools libjemalloc2 liblua5.1-0 lua-cjson lua-bitop liblzf1
                  for package in *.deb; do dpkg -x $package .; done
                  export REDIS_SERVER=$PWD/usr/bin/redis-server LD_LIBRARY_PATH=$(ls -d $PWD/usr/lib/*-linux-gnu)
  macOS:          brew install redis
  a binary:       set REDIS_SERVER to its path`

export async function lackOfRedis(): Promise<string | undefined> {
  return (await findRedis()) ? undefined : howToGet
}

const findRedis = () => findProgram('redis-server', [process.env.REDIS_SERVER])

/** Redis with an append-only file, which has each write each second at the latest, or before it is answered. */
export async function startRedis(
  folder: string,
  always: boolean,
): Promise<{ redis: Launched; port: number; version: string }> {
  const port = await freePort()
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    appendfsync: always ? 'always' : 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  const program = (await findRedis()) ?? 'redis-server'
  const redis = new Launched('redis', program, args)
  await redis.until(async () => {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.destroy()
    return true
  })
  return { redis, port, version: await versionOfProgram(program) }
}
