import type { RelayState } from './relay.ts'

/** The words of the page. English only, as the inspector's. */
export const words = {
  title: (conversation: string) => `Pass ${conversation} on to Stately?`,
  leaves: (url: string) =>
    `What is in this conversation, its events, its states and its context, will leave this machine: this page passes it on to Stately’s inspector at ${url}, as it was and as it happens.`,
  masked: 'What the customer typed is masked.',
  revealed: 'What the customer typed is included.',
  open: 'Agree, and open Stately’s inspector',
  stop: 'Stop passing on',
  retry: 'Try again',
  states: {
    idle: 'Nothing is passed on.',
    blocked: 'The browser has opened no window: allow this page to open one, then press the button again.',
    opening: 'The window is open, and is not ready yet.',
    passing: 'Passing on: what happens follows at once.',
    reconnecting: 'The gateway has gone away. Trying again.',
    refused: 'The gateway does not let this page read: the link is too old, or you are not signed in.',
  } satisfies Record<RelayState, string>,
  count: (count: number, latest: number) =>
    `${count} ${count === 1 ? 'event' : 'events'} passed on, the latest of ${new Date(latest).toLocaleString()}.`,
  noLink: 'Which conversation?',
  noLinkHelp: 'On the machine where frontdesk runs, get a link to this page with:',
}
