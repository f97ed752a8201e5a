import type { CustomerTexts } from './customer-texts.ts'

export const texts: CustomerTexts['texts'] = {
  contactForm: 'Bitte sagen Sie uns, wie wir Sie erreichen:',
  form: 'Bitte geben Sie an:',
  resolved: 'Hat das Ihre Frage beantwortet?',
  yes: 'Ja',
  no: 'Nein',
  joined: '{{agent.name}} ist jetzt für Sie da.',
  anAgent: 'Jemand aus unserem Team',
  released:
    'Sie sind wieder in der Warteschlange und behalten Ihren Platz. Jemand anderes ist gleich für Sie da.',
  transferred:
    'Ihre Anfrage wird weitergeleitet, und Sie behalten Ihren Platz. Gleich ist jemand für Sie da.',
  stillThere: 'Sind Sie noch da?',
  closingSoon: 'Wenn wir nichts von Ihnen hören, beenden wir diese Unterhaltung bald.',
  endedByAgent: 'Unser Team hat die Unterhaltung beendet.',
  endedByInactivity: 'Die Unterhaltung wurde beendet, da wir nichts mehr von Ihnen gehört haben.',
  retired: 'Diese Unterhaltung ist beendet. Schreiben Sie uns noch einmal, dann beginnen wir eine neue.',
  neverOpens: 'auf Weiteres',
}

export const channelTexts: CustomerTexts['channelTexts'] = {
  firstMessage: {
    during: 'Guten Tag! Wie können wir Ihnen helfen?',
    outside:
      'Wir haben bis {{nextOpen}} geschlossen. Hinterlassen Sie uns eine Nachricht, und wir melden uns bei Ihnen.',
  },
  followUpMessage: {
    during: 'Danke, {{customer.name}}! Gleich ist jemand für Sie da.',
    outside: 'Danke, {{customer.name}}! Wir melden uns bei Ihnen, sobald wir wieder geöffnet haben.',
  },
}

export const detailLabels: CustomerTexts['detailLabels'] = { name: 'Name', email: 'E-Mail' }

export const exampleMessage = 'Guten Tag, wo ist meine Bestellung?'

export const fieldErrors: CustomerTexts['fieldErrors'] = {
  required: 'Diese Angabe wird benötigt.',
  too_long: 'Das ist zu lang: höchstens {{limit}} Zeichen.',
  invalid: 'Das kann hier nicht verwendet werden.',
  email_accented: 'Hier nur A bis Z: Eine E-Mail-Adresse hat keine Umlaute oder Akzente.',
  email_invalid: 'Das ist keine E-Mail-Adresse wie name@beispiel.de.',
  option_unknown: 'Bitte wählen Sie eine dieser Antworten.',
}

export const refusals: CustomerTexts['refusals'] = {
  details_invalid: 'Einige Angaben können nicht angenommen werden.',
  text_invalid: 'Diese Nachricht ist leer.',
  too_long: 'Diese Nachricht ist zu lang.',
  unknown_conversation: 'Diese Unterhaltung gibt es nicht.',
  unknown_channel: 'Diesen Kanal gibt es nicht.',
  conversation_ended: 'Diese Unterhaltung ist beendet.',
  conversation_full: 'Diese Unterhaltung ist zu lang geworden. Beenden Sie sie und beginnen Sie eine neue.',
  not_allowed_now: 'Das ist im Moment nicht möglich.',
  id_reused: 'Das konnte nicht gesendet werden. Ändern Sie den Text und senden Sie ihn noch einmal.',
}

export const chatTexts: CustomerTexts['chatTexts'] = {
  you: 'Sie',
  hint: 'Schreiben Sie eine Nachricht. /end beendet die Unterhaltung, /quit lässt sie offen.',
  unknownCommand:
    'Diesen Befehl gibt es nicht: /end, /quit oder /help. Für einen Text, der mit / beginnt, schreiben Sie //.',
  choose: 'Bitte wählen Sie eine Nummer oder schreiben Sie eine dieser Antworten.',
  left: 'Die Unterhaltung bleibt offen. So kehren Sie zurück:',
  waiting: 'Noch keine Antwort: Es geht weiter, sobald etwas antwortet. Strg-C beendet das Programm.',
  endedByYou: 'Sie haben die Unterhaltung beendet.',
  ended: 'Die Unterhaltung ist beendet.',
  erased: 'Diese Unterhaltung wurde gelöscht.',
  rate: 'Bewerten Sie die Unterhaltung mit /rate und 1 (sehr schlecht) bis 5 (sehr gut), gern mit einem Text. Die Eingabetaste beendet.',
  rated: 'Danke für Ihre Bewertung.',
}

export const mailTexts: CustomerTexts['mailTexts'] = {
  promise: 'Die Antwort erhalten Sie auch per E-Mail.',
  subject: '{{company}}: Antwort auf Ihre Nachricht',
  intro: '{{company}} hat Ihnen im Chat geantwortet:',
  resume: 'Unterhaltung fortsetzen',
  read: 'Unterhaltung lesen',
  linkValid: 'Dieser Link öffnet Ihre Unterhaltung {{days}} Tage lang. Bitte geben Sie ihn nicht weiter.',
  reply: 'Oder antworten Sie einfach auf diese E-Mail.',
  replyAbove: 'Bitte schreiben Sie Ihre Antwort über diese Zeile',
  reason: 'Sie erhalten diese E-Mail, weil Sie diese Adresse in einem Chat mit {{company}} angegeben haben.',
  unsubscribe: 'Abmelden',
  unsubscribeTitle: 'E-Mails aus Chats',
  unsubscribeAsk:
    'Möchten Sie keine E-Mails mehr erhalten, wenn Sie einen Chat verlassen haben und jemand antwortet?',
  unsubscribed: 'Sie sind abgemeldet und erhalten keine E-Mails aus Chats mehr.',
  unsubscribeInvalid: 'Dieser Link ist nicht mehr gültig. Verwenden Sie den aus der letzten E-Mail.',
  filesLeftOut: '(Dateien aus E-Mails können nicht übernommen werden. Bitte senden Sie sie im Chat.)',
}
