import type { MeasuredTimes, MeasureNumbers, NumbersAnswer } from '../../../schemas/protocol/numbers.ts'

const head = 'workspace,channel,measure,by,period,count,median_seconds,p90_seconds,average_score'

/**
 * A line for each measure of a channel, as a whole, by hour and by day; those without a channel are over all of them. And
 * a line for the ratings of each channel.
 */
export function numbersCsv({ channels, totals, ratings }: NumbersAnswer): string {
  const lines = [
    ...channels.flatMap((numbers) => linesOf(`${numbers.workspace},${numbers.channel}`, numbers)),
    ...totals.flatMap((numbers) => linesOf(',', numbers)),
    ...ratings.map(
      ({ workspace, channel, count, average }) =>
        `${workspace},${channel},rating,total,,${count},,,${average}`,
    ),
  ]
  return [head, ...lines, ''].join('\r\n')
}

// Ids, names of measures, hours and days have no character that CSV or a spreadsheet gives a meaning to.
function linesOf(place: string, { name, hours, days, ...times }: MeasureNumbers): string[] {
  const line = (by: string, period: string | number, { count, median, p90 }: MeasuredTimes) =>
    `${place},${name},${by},${period},${count},${median / 1000},${p90 / 1000},`
  return [
    line('total', '', times),
    ...hours.map((measured) => line('hour', measured.hour, measured)),
    ...days.map((measured) => line('day', measured.day, measured)),
  ]
}
