/** Where in the administration somebody is; it stands in the address, so that a reload stays. */
export type Route =
  | { page: 'channels' }
  | { page: 'channel'; id: string; tab: ChannelTab }
  | { page: 'schedules' }
  | { page: 'schedule'; id: string }
  | { page: 'import' }
  | { page: 'bots' }
  | { page: 'bot'; id: string }
  | { page: 'keys' }

export const channelTabs = ['responses', 'reminders', 'settings'] as const
export type ChannelTab = (typeof channelTabs)[number]

/** Whatever is no place of ours leads to the channels. */
export function readRoute(hash: string): Route {
  const [page, id, tab] = hash.replace(/^#\/?/, '').split('/').map(decode)
  if (page === 'channels' && id)
    return { page: 'channel', id, tab: channelTabs.find((one) => one === tab) ?? 'responses' }
  if (page === 'schedules') return id ? { page: 'schedule', id } : { page }
  if (page === 'bots') return id ? { page: 'bot', id } : { page }
  if (page === 'import' || page === 'keys') return { page }
  return { page: 'channels' }
}

export function linkTo(route: Route): string {
  switch (route.page) {
    case 'channel':
      return `#/channels/${encodeURIComponent(route.id)}/${route.tab}`
    case 'schedule':
      return `#/schedules/${encodeURIComponent(route.id)}`
    case 'bot':
      return `#/bots/${encodeURIComponent(route.id)}`
    default:
      return `#/${route.page}`
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
