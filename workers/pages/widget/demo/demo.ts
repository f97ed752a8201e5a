/** The example shop in the language of `?lang=`, with the widget of `?channel=`. */

const french: Record<string, string> = {
  language: 'Langue',
  anvil: 'Une enclume',
  name: 'L’enclume nº 4',
  about:
    'Forgée d’une seule pièce, meulée à la main, d’une patience à toute épreuve. Elle chante quand on la frappe et reste où on la pose.',
  weight: 'Poids',
  steel: 'Acier',
  delivery: 'Livraison',
  days: 'En 3 à 5 jours, par camion',
  ask: 'Une question ? Posez-la dans le coin de cette page.',
  embedTitle: 'Cette boutique est un exemple',
  embed:
    'Elle montre le widget de discussion de frontdesk tel que vos clients le voient. Pour l’avoir sur l’une de vos pages, ajoutez ces deux balises à la fin de celle-ci.',
}

const asked = new URLSearchParams(location.search)
const language = ['en', 'fr', 'ar'].find((code) => code === asked.get('lang')) ?? 'en'
const channel = asked.get('channel') ?? 'web'

document.documentElement.lang = language
document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr'
document.querySelector('frontdesk-widget')?.setAttribute('channel', channel)

for (const link of document.querySelectorAll<HTMLAnchorElement>('nav a')) {
  if (link.lang === language) link.setAttribute('aria-current', 'page')
  link.search = `${new URLSearchParams({ ...(channel !== 'web' && { channel }), lang: link.lang })}`
}
if (language === 'fr') {
  document.title = 'Acme – des enclumes depuis 1949'
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]'))
    element.textContent = french[element.dataset.text ?? ''] ?? ''
  for (const element of document.querySelectorAll<HTMLElement>('[data-label]'))
    element.ariaLabel = french[element.dataset.label ?? ''] ?? ''
}
const tags = document.querySelector('#tags')
if (tags)
  tags.textContent = [
    `<frontdesk-widget channel="${channel}"></frontdesk-widget>`,
    `<script src="${new URL('widget.js', location.href).href}"></script>`,
  ].join('\n')
