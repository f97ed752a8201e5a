import type { CustomerTexts } from './customer-texts.ts'

export const texts: CustomerTexts['texts'] = {
  contactForm: 'Prosimy o dane kontaktowe:',
  form: 'Prosimy podać:',
  resolved: 'Czy to odpowiada na Państwa pytanie?',
  yes: 'Tak',
  no: 'Nie',
  joined: 'Rozmowę prowadzi teraz {{agent.name}}.',
  anAgent: 'konsultant',
  released: 'Państwa zgłoszenie wróciło do kolejki i zachowuje swoje miejsce. Odpowie inny konsultant.',
  transferred: 'Państwa zgłoszenie jest przekazywane i zachowuje swoje miejsce. Wkrótce ktoś odpowie.',
  stillThere: 'Czy są Państwo nadal z nami?',
  closingSoon: 'Jeśli nie otrzymamy od Państwa wiadomości, wkrótce zakończymy tę rozmowę.',
  endedByAgent: 'Konsultant zakończył rozmowę.',
  endedByInactivity: 'Rozmowa została zakończona, ponieważ nie otrzymaliśmy od Państwa wiadomości.',
  retired: 'Ta rozmowa została zakończona. Prosimy napisać ponownie, a rozpoczniemy nową.',
  neverOpens: 'do ustalenia',
}

export const channelTexts: CustomerTexts['channelTexts'] = {
  firstMessage: {
    during: 'Dzień dobry! W czym możemy pomóc?',
    outside:
      'Teraz nie pracujemy. Najbliższy termin otwarcia: {{nextOpen}}. Prosimy zostawić wiadomość, a odpowiemy.',
  },
  followUpMessage: {
    during: 'Dziękujemy, {{customer.name}}. Konsultant wkrótce odpowie.',
    outside: 'Dziękujemy, {{customer.name}}. Konsultant odpowie, gdy wznowimy pracę.',
  },
}

export const detailLabels: CustomerTexts['detailLabels'] = { name: 'Imię i nazwisko', email: 'E-mail' }

export const exampleMessage = 'Dzień dobry, gdzie jest moje zamówienie?'

export const fieldErrors: CustomerTexts['fieldErrors'] = {
  required: 'Ta informacja jest wymagana.',
  too_long: 'Tekst jest za długi: najwyżej {{limit}} znaków.',
  invalid: 'Tego nie można tu użyć.',
  email_accented: 'Tylko litery od A do Z: adres e-mail nie zawiera polskich znaków.',
  email_invalid: 'To nie jest adres e-mail taki jak imie@przyklad.pl.',
  option_unknown: 'Prosimy wybrać jedną z tych odpowiedzi.',
}

export const refusals: CustomerTexts['refusals'] = {
  details_invalid: 'Niektórych danych nie można przyjąć.',
  text_invalid: 'Ta wiadomość jest pusta.',
  too_long: 'Ta wiadomość jest za długa.',
  unknown_conversation: 'Taka rozmowa nie istnieje.',
  unknown_channel: 'Taki kanał nie istnieje.',
  conversation_ended: 'Ta rozmowa została zakończona.',
  conversation_full: 'Ta rozmowa stała się zbyt długa. Prosimy ją zakończyć i rozpocząć nową.',
  not_allowed_now: 'W tej chwili nie jest to możliwe.',
  id_reused: 'Nie udało się wysłać. Prosimy zmienić tekst i wysłać ponownie.',
}

export const chatTexts: CustomerTexts['chatTexts'] = {
  you: 'Ja',
  hint: 'Prosimy napisać wiadomość. /end kończy rozmowę, /quit pozostawia ją otwartą.',
  unknownCommand:
    'Nie ma takiego polecenia: /end, /quit lub /help. Tekst zaczynający się od / należy poprzedzić znakami //.',
  choose: 'Prosimy wybrać numer lub napisać jedną z tych odpowiedzi.',
  left: 'Rozmowa pozostaje otwarta. Aby do niej wrócić:',
  waiting: 'Nie ma jeszcze odpowiedzi: rozmowa będzie kontynuowana, gdy nadejdzie. Ctrl-C kończy program.',
  endedByYou: 'Rozmowa została zakończona na Państwa życzenie.',
  ended: 'Rozmowa została zakończona.',
  erased: 'Ta rozmowa została usunięta.',
  rate: 'Rozmowę można ocenić poleceniem /rate i liczbą od 1 (bardzo źle) do 5 (bardzo dobrze), z tekstem lub bez. Enter kończy.',
  rated: 'Dziękujemy za ocenę.',
}

export const mailTexts: CustomerTexts['mailTexts'] = {
  promise: 'Odpowiedź otrzymają Państwo także e-mailem.',
  subject: '{{company}}: odpowiedź na Państwa wiadomość',
  intro: '{{company}} odpowiada na czacie:',
  resume: 'Kontynuuj rozmowę',
  read: 'Przeczytaj rozmowę',
  linkValid: 'Ten link otwiera rozmowę przez {{days}} dni. Prosimy go nie przekazywać.',
  reply: 'Można też po prostu odpowiedzieć na ten e-mail.',
  replyAbove: 'Prosimy napisać odpowiedź powyżej tej linii',
  reason: 'Otrzymują Państwo ten e-mail, ponieważ ten adres podano na czacie z {{company}}.',
  unsubscribe: 'Wypisz się',
  unsubscribeTitle: 'E-maile z czatów',
  unsubscribeAsk: 'Czy zrezygnować z e-maili wysyłanych, gdy ktoś odpowie po opuszczeniu czatu?',
  unsubscribed: 'Wypisano. Nie będziemy już wysyłać e-maili z czatów.',
  unsubscribeInvalid: 'Ten link jest już nieważny. Prosimy użyć linku z ostatniego e-maila.',
  filesLeftOut: '(Plików z e-maila nie można przekazać. Prosimy wysłać je na czacie.)',
}
