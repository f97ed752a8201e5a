import type { CustomerTexts } from './customer-texts.ts'

export const texts: CustomerTexts['texts'] = {
  contactForm: 'Laat ons weten hoe we u kunnen bereiken:',
  form: 'Laat ons weten:',
  resolved: 'Is uw vraag hiermee beantwoord?',
  yes: 'Ja',
  no: 'Nee',
  joined: '{{agent.name}} neemt deel aan het gesprek.',
  anAgent: 'Een medewerker',
  released: 'U staat weer in de wachtrij en behoudt uw plaats. Een andere medewerker helpt u verder.',
  transferred: 'U wordt doorverbonden en behoudt uw plaats. Iemand helpt u zo verder.',
  stillThere: 'Bent u er nog?',
  closingSoon: 'Als we niets van u horen, sluiten we dit gesprek binnenkort.',
  endedByAgent: 'De medewerker heeft het gesprek beëindigd.',
  endedByInactivity: 'Het gesprek is beëindigd, omdat we niets meer van u hebben gehoord.',
  retired: 'Dit gesprek is beëindigd. Schrijf ons opnieuw, dan beginnen we een nieuw gesprek.',
  neverOpens: 'nader order',
}

export const channelTexts: CustomerTexts['channelTexts'] = {
  firstMessage: {
    during: 'Goedendag! Waarmee kunnen we u helpen?',
    outside: 'We zijn gesloten tot {{nextOpen}}. Laat een bericht achter, dan nemen we contact met u op.',
  },
  followUpMessage: {
    during: 'Dank u wel, {{customer.name}}. Een medewerker helpt u zo verder.',
    outside: 'Dank u wel, {{customer.name}}. Een medewerker neemt contact met u op zodra we weer open zijn.',
  },
}

export const detailLabels: CustomerTexts['detailLabels'] = { name: 'Naam', email: 'E-mail' }

export const exampleMessage = 'Goedendag, waar blijft mijn bestelling?'

export const fieldErrors: CustomerTexts['fieldErrors'] = {
  required: 'Dit gegeven is nodig.',
  too_long: 'Dit is te lang: maximaal {{limit}} tekens.',
  invalid: 'Dit kan hier niet worden gebruikt.',
  email_accented: 'Alleen de letters A tot en met Z: een e-mailadres heeft geen accenten.',
  email_invalid: 'Dit is geen e-mailadres zoals naam@voorbeeld.nl.',
  option_unknown: 'Kies een van deze antwoorden.',
}

export const refusals: CustomerTexts['refusals'] = {
  details_invalid: 'Sommige gegevens kunnen niet worden aangenomen.',
  text_invalid: 'Dit bericht is leeg.',
  too_long: 'Dit bericht is te lang.',
  unknown_conversation: 'Dit gesprek bestaat niet.',
  unknown_channel: 'Dit kanaal bestaat niet.',
  conversation_ended: 'Dit gesprek is beëindigd.',
  conversation_full: 'Dit gesprek is te lang geworden. Beëindig het en begin een nieuw gesprek.',
  not_allowed_now: 'Dit kan op dit moment niet.',
  id_reused: 'Dit kon niet worden verzonden. Pas de tekst aan en verzend hem opnieuw.',
}

export const chatTexts: CustomerTexts['chatTexts'] = {
  you: 'U',
  hint: 'Schrijf een bericht. /end beëindigt het gesprek, /quit laat het open.',
  unknownCommand:
    'Deze opdracht bestaat niet: /end, /quit of /help. Schrijf // voor een tekst die met / begint.',
  choose: 'Kies een nummer of schrijf een van deze antwoorden.',
  left: 'Het gesprek blijft open. Zo keert u terug:',
  waiting: 'Nog geen antwoord: het gaat verder zodra er iets antwoordt. Ctrl-C sluit af.',
  endedByYou: 'U hebt het gesprek beëindigd.',
  ended: 'Het gesprek is beëindigd.',
  erased: 'Dit gesprek is gewist.',
  rate: 'Beoordeel het gesprek met /rate en 1 (heel slecht) tot 5 (heel goed), met een tekst als u wilt. Enter om af te sluiten.',
  rated: 'Bedankt voor uw beoordeling.',
}

export const mailTexts: CustomerTexts['mailTexts'] = {
  promise: 'U krijgt het antwoord ook per e-mail.',
  subject: '{{company}}: antwoord op uw bericht',
  intro: '{{company}} heeft u in de chat geantwoord:',
  resume: 'Gesprek voortzetten',
  read: 'Gesprek lezen',
  linkValid: 'Deze link opent uw gesprek {{days}} dagen lang. Geef hem niet door.',
  reply: 'Of beantwoord deze e-mail gewoon.',
  replyAbove: 'Schrijf uw antwoord boven deze regel',
  reason: 'U krijgt deze e-mail omdat u dit adres in een chat met {{company}} hebt opgegeven.',
  unsubscribe: 'Afmelden',
  unsubscribeTitle: 'E-mails uit chats',
  unsubscribeAsk: 'Wilt u geen e-mails meer als iemand antwoordt nadat u een chat hebt verlaten?',
  unsubscribed: 'U bent afgemeld en krijgt geen e-mails meer uit chats.',
  unsubscribeInvalid: 'Deze link is niet meer geldig. Gebruik die in de laatste e-mail.',
  filesLeftOut: '(Bestanden uit een e-mail kunnen niet worden doorgegeven. Stuur ze in de chat.)',
}
