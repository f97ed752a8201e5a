import pg from 'pg'
import { Pool } from 'undici'
import { freePort } from '../../test-server.ts'
import { launchScript } from '../processes.ts'
import type { Contender } from './contender.ts'
import { lackOfPostgres, startPostgres } from './postgres.ts'
import { script } from './script.ts'

/** Connections of the engine to the database. */
const poolSize = 20
const pollMs = 250

const take = {
  name: 'take',
  text: `with taken as (
      delete from outbox where id in (select id from outbox order by id limit 500 for update skip locked)
      returning id, message)
    select message from taken order by id`,
}

export const pgOutbox: Contender = {
  about: 'PostgreSQL: a row for each conversation, inbox and outbox, one transaction an event',
  hasDuties: false,
  lack: lackOfPostgres,
  start: async ({ folder, always }) => {
    const { postgres, url, version } = await startPostgres(folder, always)
    const port = await freePort()
    const engine = launchScript('engine', 'peers/pg-engine.ts', [url, String(port), String(poolSize)])
    await engine.message()
    return {
      address: `${port} ${url}`,
      version,
      processes: [postgres, engine],
      stop: async () => {
        await engine.stop('SIGKILL')
        await postgres.stop('SIGINT')
      },
    }
  },
  connect: async (address, onMessage) => {
    const [port, url] = address.split(' ')
    const engine = new Pool(`http://127.0.0.1:${port}`, { connections: 256, pipelining: 1 })
    const connect = async () => {
      const client = new pg.Client(url)
      await client.connect()
      return client
    }
    const [taker, listener, counter] = await Promise.all([connect(), connect(), connect()])
    let isTaking = false
    let isDue = false
    const takeAll = async () => {
      isDue = true
      if (isTaking) return
      isTaking = true
      while (isDue) {
        isDue = false
        const { rows } = await taker.query(take)
        for (const { message } of rows) onMessage(message.conversation, message.name)
        if (rows.length > 0) isDue = true
      }
      isTaking = false
    }
    listener.on('notification', takeAll)
    await listener.query('listen outbox')
    const poll = setInterval(takeAll, pollMs)
    return {
      submit: async (conversation, step) => {
        const body = JSON.stringify({ conversation, step, event: script[step]?.event })
        const answer = await engine.request({ path: '/', method: 'POST', body })
        const text = await answer.body.text()
        if (answer.statusCode !== 200) throw new Error(`the engine answered: ${text}`)
      },
      countOver: async () => {
        const { rows } = await counter.query('select count(*) from conversation where is_over')
        return Number(rows[0].count)
      },
      close: async () => {
        clearInterval(poll)
        await Promise.all([taker.end(), listener.end(), counter.end(), engine.close()])
      },
    }
  },
}
