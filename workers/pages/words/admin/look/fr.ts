import type { look as en } from './en.ts'

export const look: typeof en = {
  lookHint:
    'L’apparence du widget de ce canal. Ce que dit la page elle-même l’emporte. Les pages déjà ouvertes montrent un changement à leur prochain chargement, une minute plus tard au plus.',
  chooseColour: 'Choisir la couleur',
  accentContrast: (text: string, contrast: string) =>
    `Le texte y est ${text}, choisi pour vous\u00a0: contraste ${contrast}.`,
  textColours: { black: 'noir', white: 'blanc' },
  accentFaint: 'Sur une page blanche, cette couleur se voit à peine\u00a0: le bouton peut passer inaperçu.',
  lookTitleHint: 'L’en-tête du chat. Vide\u00a0: le title-text de la page, ou «\u00a0Discutons\u00a0».',
  logoHint:
    'L’adresse https d’une petite image, montrée à côté du titre. Une page avec une politique de sécurité du contenu doit l’y autoriser\u00a0: img-src.',
  sides: { unset: 'Automatique', left: 'Gauche', right: 'Droite' },
  sideHint: 'Automatique\u00a0: à droite, et à gauche là où l’on écrit de droite à gauche.',
  launcherPreview: 'Le bouton tel qu’il est sur la page',
  attributes: 'Ce que les agents voient du client',
  attributesHint:
    'Noms de revendications de votre JWT, marquées comme vérifiées, et d’attributs que donne la page, séparés par des virgules. Les autres restent cachés.',
  embedHint: 'Ces deux lignes, n’importe où dans la page\u00a0:',
  origins: 'Autres sites qui peuvent avoir ce canal',
  originsHint:
    'Une origine par ligne, comme https://www.example.com\u00a0: avec et sans www, cela fait deux. Les pages des FRONTDESK_ORIGINS de la passerelle peuvent avoir tous les canaux.',
}
