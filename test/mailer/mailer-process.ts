import pino from 'pino'
import { connectNats } from '../../engine/nats/connect.ts'
import { startMailer } from '../../workers/mailer/start-mailer.ts'
import { mailSettings } from './conversation-by-hand.ts'

// A mailer that a test kills: `mailer-process.ts <nats> <smtp>`. It has listened to presence for long.
process.on('disconnect', () => process.exit(1))
const [, , natsUrl = '', smtpUrl = ''] = process.argv
const nats = await connectNats(natsUrl, 'mailer to kill')
await startMailer(nats, pino({ level: 'silent' }), {
  settings: mailSettings(smtpUrl),
  times: { look: 50, retry: 50, lease: 1_000 },
  listeningSince: 0,
})
process.send?.('ready')
