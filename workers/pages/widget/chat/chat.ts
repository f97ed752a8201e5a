/**
 * Only the chat, for the link in an e-mail where no page of the company's is known: the channel is in `?channel=`, the
 * conversation's language in `?lang=`.
 */

const asked = new URLSearchParams(location.search)
const language = asked.get('lang') ?? navigator.language
const [code = ''] = language.split('-')

document.documentElement.lang = language
document.documentElement.dir = ['ar', 'fa', 'he', 'ur'].includes(code) ? 'rtl' : 'ltr'
document.querySelector('frontdesk-widget')?.setAttribute('channel', asked.get('channel') ?? 'web')
