import type { CustomerTexts } from './customer-texts.ts'

export const texts: CustomerTexts['texts'] = {
  contactForm: 'Ci indichi come possiamo contattarLa:',
  form: 'Ci indichi per favore:',
  resolved: 'Abbiamo risposto alla Sua domanda?',
  yes: 'Sì',
  no: 'No',
  joined: 'Ora è in chat con {{agent.name}}.',
  anAgent: 'un operatore',
  released: 'È di nuovo in coda e mantiene il Suo posto. Un altro operatore Le risponderà.',
  transferred:
    'La Sua richiesta viene inoltrata e Lei mantiene il Suo posto. Qualcuno Le risponderà a breve.',
  stillThere: 'È ancora lì?',
  closingSoon: 'Se non riceviamo Sue notizie, chiuderemo presto questa conversazione.',
  endedByAgent: 'L’operatore ha terminato la conversazione.',
  endedByInactivity: 'La conversazione è terminata perché non abbiamo più avuto Sue notizie.',
  retired: 'Questa conversazione è terminata. Ci scriva di nuovo e ne inizieremo un’altra.',
  neverOpens: 'nuovo avviso',
}

export const channelTexts: CustomerTexts['channelTexts'] = {
  firstMessage: {
    during: 'Buongiorno! Come possiamo aiutarLa?',
    outside: 'Siamo chiusi fino a {{nextOpen}}. Ci lasci un messaggio e Le risponderemo.',
  },
  followUpMessage: {
    during: 'Grazie, {{customer.name}}. Un operatore Le risponderà a breve.',
    outside: 'Grazie, {{customer.name}}. Un operatore Le risponderà alla riapertura.',
  },
}

export const detailLabels: CustomerTexts['detailLabels'] = { name: 'Nome', email: 'E-mail' }

export const exampleMessage = 'Buongiorno, dov’è il mio ordine?'

export const fieldErrors: CustomerTexts['fieldErrors'] = {
  required: 'Questo dato è necessario.',
  too_long: 'È troppo lungo: al massimo {{limit}} caratteri.',
  invalid: 'Questo non può essere usato qui.',
  email_accented: 'Solo lettere dalla A alla Z: un indirizzo e-mail non ha accenti.',
  email_invalid: 'Questo non è un indirizzo e-mail come nome@esempio.it.',
  option_unknown: 'Scelga una di queste risposte.',
}

export const refusals: CustomerTexts['refusals'] = {
  details_invalid: 'Alcuni dati non possono essere accettati.',
  text_invalid: 'Questo messaggio è vuoto.',
  too_long: 'Questo messaggio è troppo lungo.',
  unknown_conversation: 'Questa conversazione non esiste.',
  unknown_channel: 'Questo canale non esiste.',
  conversation_ended: 'Questa conversazione è terminata.',
  conversation_full: 'Questa conversazione è diventata troppo lunga. La termini e ne inizi un’altra.',
  not_allowed_now: 'In questo momento non è possibile.',
  id_reused: 'L’invio non è riuscito. Modifichi il testo e lo invii di nuovo.',
}

export const chatTexts: CustomerTexts['chatTexts'] = {
  you: 'Lei',
  hint: 'Scriva un messaggio. /end termina la conversazione, /quit la lascia aperta.',
  unknownCommand: 'Questo comando non esiste: /end, /quit o /help. Per un testo che inizia con /, scriva //.',
  choose: 'Scelga un numero o scriva una di queste risposte.',
  left: 'La conversazione resta aperta. Per tornarci:',
  waiting: 'Ancora nessuna risposta: si continua appena arriva. Ctrl-C per uscire.',
  endedByYou: 'Ha terminato la conversazione.',
  ended: 'La conversazione è terminata.',
  erased: 'Questa conversazione è stata cancellata.',
  rate: 'Valuti la conversazione con /rate e da 1 (molto male) a 5 (molto bene), con un testo se lo desidera. Invio per uscire.',
  rated: 'Grazie per la Sua valutazione.',
}

export const mailTexts: CustomerTexts['mailTexts'] = {
  promise: 'Riceverà la risposta anche per e-mail.',
  subject: '{{company}}: risposta al suo messaggio',
  intro: '{{company}} le ha risposto nella chat:',
  resume: 'Continua la conversazione',
  read: 'Leggi la conversazione',
  linkValid: 'Questo link apre la sua conversazione per {{days}} giorni. Non lo inoltri ad altri.',
  reply: 'Oppure risponda direttamente a questa e-mail.',
  replyAbove: 'Scriva la sua risposta sopra questa riga',
  reason: 'Riceve questa e-mail perché ha indicato questo indirizzo in una chat con {{company}}.',
  unsubscribe: 'Annulla iscrizione',
  unsubscribeTitle: 'E-mail dalle chat',
  unsubscribeAsk: 'Non vuole più ricevere e-mail quando qualcuno risponde dopo che ha lasciato una chat?',
  unsubscribed: 'Iscrizione annullata. Non riceverà più e-mail dalle chat.',
  unsubscribeInvalid: 'Questo link non è più valido. Usi quello dell’e-mail più recente.',
  filesLeftOut: '(I file allegati alle e-mail non possono essere trasmessi. Li invii nella chat.)',
}
