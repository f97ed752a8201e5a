import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { decideStep, type ScriptEvent } from './script.ts'

// The engine of PostgreSQL: `pg-engine.ts <url> <port> <connections>`. An event is posted, and answered once it is
// committed, with the conversation's next state, an inbox row that makes a repeat fail, and its messages in the outbox.

const [url = '', port, connections] = process.argv.slice(2)
/** A NOTIFY in each transaction would make all commits wait for one lock. */
const notifyEveryMs = 2
const uniqueViolation = '23505'
const pool = new pg.Pool({ connectionString: url, max: Number(connections) })
await pool.query(`
  create table conversation (id text primary key, state jsonb not null, is_over boolean not null);
  create table inbox (conversation text, step int, primary key (conversation, step));
  create table outbox (id bigint generated always as identity primary key, message jsonb not null)`)

const lock = { name: 'lock', text: 'select state::text from conversation where id = $1 for update' }
const save = {
  name: 'save',
  text: `
    with arrived as (insert into inbox values ($1, $2)),
      sent as (insert into outbox (message)
        select value from jsonb_array_elements($5::jsonb) with ordinality order by ordinality)
    insert into conversation values ($1, $3::jsonb, $4)
      on conflict (id) do update set state = excluded.state, is_over = excluded.is_over`,
}

interface Posted {
  conversation: string
  step: number
  event: ScriptEvent
}

async function handle({ conversation, step, event }: Posted): Promise<void> {
  const client = await pool.connect()
  try {
    const [, { rows }] = await Promise.all([
      client.query('begin'),
      client.query({ ...lock, values: [conversation] }),
    ])
    const { state, isOver, messages } = decideStep(rows[0]?.state, event)
    const outbox = JSON.stringify(messages.map((message) => ({ conversation, ...message })))
    await Promise.all([
      client.query({ ...save, values: [conversation, step, state, isOver, outbox] }),
      client.query('commit'),
    ])
    if (messages.length > 0) notifySoon()
  } catch (error) {
    await client.query('rollback')
    if ((error as { code?: string }).code !== uniqueViolation) throw error
  } finally {
    client.release()
  }
}

let isNotifying = false
function notifySoon() {
  if (isNotifying) return
  isNotifying = true
  setTimeout(() => {
    isNotifying = false
    void pool.query('notify outbox')
  }, notifyEveryMs)
}

const server = createServer(async (request, response) => {
  try {
    await handle(JSON.parse(await text(request)))
    response.end('{}')
  } catch (error) {
    response.statusCode = 500
    response.end(String(error))
  }
})
server.listen(Number(port), '127.0.0.1', () => process.send?.('ready'))
