import { html, nothing } from 'lit'
import type { Channel } from '../../../../schemas/configuration/channel.ts'
import { select } from '../../base/field.ts'
import type { Editing } from '../editing.ts'
import { errorOf, fieldError, fieldId } from '../editor-parts.ts'
import { words } from '../language.ts'
import { linkTo } from '../route.ts'
import type { StoredConfiguration } from '../stored.ts'

/**
 * The schedule that the channel follows.
 *
 * @param mark whether a schedule is open now
 */
export function scheduleField(
  editing: Editing<Channel>,
  schedules: StoredConfiguration['schedules'],
  mark: (id: string) => unknown,
) {
  const { schedule } = editing.document
  const chosen = schedules.get(schedule ?? '')?.document
  const hint = chosen
    ? html`
        ${mark(chosen.id)}
        <a href=${linkTo('schedules', chosen.id)}>${words.editSchedule}</a>
      `
    : schedule
      ? words.missingScheduleHint
      : words.noScheduleHint
  return choice(editing, 'schedule', { label: words.schedule, none: words.noSchedule, hint }, schedules)
}

/** The bot that answers first, and the button that switches it off. */
export function botField(
  editing: Editing<Channel>,
  bots: StoredConfiguration['bots'],
  switchOff: () => void,
) {
  const { bot } = editing.document
  const off = html`<button type="button" class="button" @click=${switchOff}>${words.switchOff}</button>`
  return choice(
    editing,
    'bot',
    { label: words.bot, none: words.noBot, hint: botHint(bot, bots) },
    bots,
    bot ? off : nothing,
  )
}

function botHint(bot: Channel['bot'], bots: StoredConfiguration['bots']) {
  if (!bot) return words.noBotHint
  const chosen = bots.get(bot)
  if (!chosen) return html`<span class="state missing">${words.missingBotHint(bot)}</span>`
  return html`
    ${
      chosen.problems
        ? html`<span class="state missing">${words.brokenBotHint}</span>`
        : html`<span>${words.botHint}</span>`
    }
    <a href=${linkTo('bots', bot)}>${words.editBot}</a>
  `
}

/** A choice of another document, by its id, or of none. */
function choice(
  editing: Editing<Channel>,
  name: 'schedule' | 'bot',
  texts: { label: string; none: string; hint: unknown },
  documents: ReadonlyMap<string, { name: string }>,
  beside: unknown = nothing,
) {
  const path = [name]
  const id = fieldId(path)
  const error = errorOf(editing, path)
  const chosen = editing.document[name] ?? ''
  const isMissing = chosen !== '' && !documents.has(chosen)
  return html`
    <section class="choice">
      <label for=${id}>${texts.label}</label>
      <div class="inline">
        ${select({
          id,
          value: chosen,
          options: [
            ['', texts.none],
            ...(isMissing ? [[chosen, words.missing(chosen)] as const] : []),
            ...[...documents].map(([key, { name }]) => [key, name || key] as const),
          ],
          choose: (value) => editing.edit(path, value === '' ? undefined : value),
          invalid: error ? 'true' : 'false',
          describedBy: `${error ? `${id}-error ` : ''}${id}-hint`,
        })}
        ${beside}
      </div>
      <p class="hint" id="${id}-hint">${texts.hint}</p>
      ${fieldError(editing, path)}
    </section>
  `
}
