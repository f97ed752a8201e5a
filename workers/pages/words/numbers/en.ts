import type { MeasureName } from '../../../../schemas/protocol/numbers.ts'

const names: Record<MeasureName, string> = {
  accept: 'Time to accept',
  wait: 'Wait for an agent',
  firstReply: 'First reply',
  reply: 'Every reply',
  abandoned: 'Gave up waiting',
}

const explained: Record<MeasureName, string> = {
  accept: 'From the beginning of each wait until an agent accepts, also after a transfer.',
  wait: 'From the request until the first agent accepts.',
  firstReply: 'From the request until the agent’s first message.',
  reply: 'From what the customer wrote, or the acceptance, until the agent’s next message.',
  abandoned: 'How long customers had waited who ended the conversation while they waited.',
}

/** The words of the numbers, for teams. */
export const numbers = {
  language: 'en',
  title: 'Numbers',
  desk: 'Desk',
  administration: 'Administration',
  lead: 'How long customers wait, in opening hours and without the bot’s time. Erased conversations do not count.',
  loading: 'Counting…',
  progress: (read: number, total: number) =>
    `Counting: ${read.toLocaleString('en')} of ${total.toLocaleString('en')} records…`,
  failed: (why: string) => `The numbers cannot be read at the moment: ${why}. Trying again.`,
  cut: (since: string) => `There are too many records for all of this time: these count since ${since}.`,
  period: 'Period',
  periods: { 1: 'Today', 7: 'Last 7 days' },
  workspace: 'Workspace',
  allWorkspaces: 'All workspaces',
  csv: 'Download CSV',
  empty: 'Nothing to count yet',
  emptyMore: 'Once an agent accepts a request or answers a customer, the times are here.',
  figures: 'Key figures',
  names,
  explained,
  legend: 'Bar: the median. Line: nine of ten are within. Below: how many.',
  nineOfTen: (time: string, count: string) => `9 of 10 within ${time} · ${count}`,
  abandonedAfter: (time: string) => `after ${time} (median)`,
  none: 'none',
  byHour: 'By hour of the day',
  byDay: 'By day',
  clock: (zones: readonly string[]) =>
    zones.length === 1
      ? `Hours and days in the time zone ${zones[0]}.`
      : `Hours and days in the time zone of each channel: ${zones.join(', ')}.`,
  bar: (name: string, median: string, p90: string, count: number) =>
    `${name}: median ${median}, 9 of 10 within ${p90}, ${count} in all`,
  asTable: 'Show as a table',
  median: 'Median',
  p90: '9 of 10 within',
  count: 'How many',
  byChannel: 'By channel',
  byChannelMore:
    'The medians, how many gave up, and how customers rated their conversations, of 5 (how many).',
  rating: 'Rating',
  channel: 'Channel',
}
