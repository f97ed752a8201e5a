import { main } from '../../workers/cli/main.ts'

// `frontdesk engine` and `frontdesk notifier` for a chaos run: a worker ends with the run, even a killed one.
process.on('disconnect', () => process.exit(1))
await main(process.argv.slice(2))
