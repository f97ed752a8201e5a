import type { RequestAction } from '../../../../schemas/conversation/record.ts'

interface PushWords {
  visitor: string
  title(action: RequestAction, name: string): string
  body(action: RequestAction): string
}

// Not in the pages' words: a service worker is a small file of its own.
const languages: Record<string, PushWords> = {
  en: {
    visitor: 'A visitor',
    title: (action, name) =>
      action === 'unattended'
        ? `${name} waits for your answer`
        : action === 'offered'
          ? `${name} is offered to you`
          : `${name} waits for an agent`,
    body: (action) => (action === 'escalated' ? 'For a long time.' : 'Open the desk to answer.'),
  },
  fr: {
    visitor: 'Un visiteur',
    title: (action, name) =>
      action === 'unattended'
        ? `${name} attend votre réponse`
        : action === 'offered'
          ? `${name} vous est proposé`
          : `${name} attend un agent`,
    body: (action) =>
      action === 'escalated' ? 'Depuis longtemps.' : 'Ouvrez le poste de travail pour répondre.',
  },
}

/** @param language a BCP 47 tag */
export function pushWords(language: string): PushWords {
  return languages[language.split('-')[0]?.toLowerCase() ?? ''] ?? (languages.en as PushWords)
}
