import { html, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import { icons } from '../base/icons.ts'
import { words } from './language.ts'
import type { StoredConfiguration } from './stored.ts'
import './bots/bot-editor.ts'
import './bots/bot-list.ts'
import './calendars/calendar-editor.ts'
import './calendars/calendar-list.ts'
import './channels/channel-editor.ts'
import './channels/channel-list.ts'
import './keys-page.ts'
import './replies/reply-editor.ts'
import './replies/reply-list.ts'
import './people/audit-page.ts'
import './people/people-page.ts'
import './schedules/import-zendesk.ts'
import './schedules/schedule-editor.ts'
import './schedules/schedule-list.ts'
import './workspaces/workspace-editor.ts'
import './workspaces/workspace-list.ts'

export interface PageInput {
  stored: StoredConfiguration
  refresh: () => Promise<void>
  /** The part of a document that the address names. */
  part: string | undefined
}

export interface AdminPage {
  title: string
  /** Shown in the navigation. A page without an icon is found from the page that it is a part of. */
  icon?: TemplateResult
  partOf?: string
  render(input: PageInput): TemplateResult
  /** The editor of one document. */
  edit?(id: string, input: PageInput): unknown
}

/** All pages of the administration, by their place in the address. */
export const pages: Record<string, AdminPage> = {
  channels: {
    title: words.channels,
    icon: icons.channels,
    render: ({ stored }) => html`<admin-channels .stored=${stored}></admin-channels>`,
    edit: (id, { stored, refresh, part }) =>
      keyed(
        `channels ${id}`,
        html`<admin-channel .stored=${stored} .channel=${id} .tab=${part} .refresh=${refresh}></admin-channel>`,
      ),
  },
  schedules: {
    title: words.schedules,
    icon: icons.schedules,
    render: ({ stored }) => html`<admin-schedules .stored=${stored}></admin-schedules>`,
    edit: (id, { stored, refresh }) =>
      keyed(
        `schedules ${id}`,
        html`<admin-schedule .stored=${stored} .schedule=${id} .refresh=${refresh}></admin-schedule>`,
      ),
  },
  calendars: {
    title: words.calendars,
    icon: icons.calendars,
    render: ({ stored }) => html`<admin-calendars .stored=${stored}></admin-calendars>`,
    edit: (id, { stored, refresh }) =>
      keyed(
        `calendars ${id}`,
        html`<admin-calendar .stored=${stored} .calendar=${id} .refresh=${refresh}></admin-calendar>`,
      ),
  },
  workspaces: {
    title: words.workspaces,
    icon: icons.workspaces,
    render: ({ stored }) => html`<admin-workspaces .stored=${stored}></admin-workspaces>`,
    edit: (id, { stored, refresh }) =>
      keyed(
        `workspaces ${id}`,
        html`<admin-workspace .stored=${stored} .workspace=${id} .refresh=${refresh}></admin-workspace>`,
      ),
  },
  bots: {
    title: words.bots,
    icon: icons.bots,
    render: ({ stored }) => html`<admin-bots .stored=${stored}></admin-bots>`,
    edit: (id, { stored, refresh }) =>
      keyed(`bots ${id}`, html`<admin-bot .stored=${stored} .bot=${id} .refresh=${refresh}></admin-bot>`),
  },
  replies: {
    title: words.replies,
    icon: icons.replies,
    render: ({ stored }) => html`<admin-replies .stored=${stored}></admin-replies>`,
    edit: (id, { stored, refresh }) =>
      keyed(
        `replies ${id}`,
        html`<admin-reply .stored=${stored} .reply=${id} .refresh=${refresh}></admin-reply>`,
      ),
  },
  keys: {
    title: words.keys,
    icon: icons.keys,
    render: () => html`<admin-keys></admin-keys>`,
  },
  people: {
    title: words.people,
    icon: icons.people,
    render: () => html`<admin-people></admin-people>`,
  },
  audit: {
    title: words.audit,
    icon: icons.audit,
    render: () => html`<admin-audit></admin-audit>`,
    edit: (kind, { part }) =>
      keyed(`audit ${kind} ${part}`, html`<admin-audit .kind=${kind} .thing=${part}></admin-audit>`),
  },
  import: {
    title: words.importZendesk,
    partOf: 'schedules',
    render: ({ stored, refresh }) =>
      html`<admin-import .stored=${stored} .refresh=${refresh}></admin-import>`,
  },
}
