import type { CustomerTexts } from './customer-texts.ts'

export const texts: CustomerTexts['texts'] = {
  contactForm: 'Indíquenos cómo podemos contactar con usted:',
  form: 'Indíquenos, por favor:',
  resolved: '¿Hemos respondido a su pregunta?',
  yes: 'Sí',
  no: 'No',
  joined: '{{agent.name}} se ha unido a la conversación.',
  anAgent: 'Un agente',
  released: 'Vuelve a estar en la cola y conserva su lugar. Otro agente le atenderá.',
  transferred: 'Estamos pasando su consulta y conserva su lugar. Enseguida le atenderemos.',
  stillThere: '¿Sigue ahí?',
  closingSoon: 'Si no tenemos noticias suyas, cerraremos pronto esta conversación.',
  endedByAgent: 'El agente ha finalizado la conversación.',
  endedByInactivity: 'La conversación ha finalizado porque no hemos tenido noticias suyas.',
  retired: 'Esta conversación ha finalizado. Escríbanos de nuevo y empezaremos otra.',
  neverOpens: 'por anunciar',
}

export const channelTexts: CustomerTexts['channelTexts'] = {
  firstMessage: {
    during: '¡Hola! ¿En qué podemos ayudarle?',
    outside: 'Ahora estamos cerrados. Próxima apertura: {{nextOpen}}. Déjenos un mensaje y le responderemos.',
  },
  followUpMessage: {
    during: 'Gracias, {{customer.name}}. Un agente le atenderá enseguida.',
    outside: 'Gracias, {{customer.name}}. Un agente le responderá cuando volvamos a abrir.',
  },
}

export const detailLabels: CustomerTexts['detailLabels'] = { name: 'Nombre', email: 'Correo electrónico' }

export const exampleMessage = 'Hola, ¿dónde está mi pedido?'

export const fieldErrors: CustomerTexts['fieldErrors'] = {
  required: 'Este dato es necesario.',
  too_long: 'Es demasiado largo: {{limit}} caracteres como máximo.',
  invalid: 'Esto no se puede usar aquí.',
  email_accented: 'Solo letras de la A a la Z: una dirección de correo no lleva acentos ni eñes.',
  email_invalid: 'Esto no es una dirección de correo como nombre@ejemplo.es.',
  option_unknown: 'Elija una de estas respuestas.',
}

export const refusals: CustomerTexts['refusals'] = {
  details_invalid: 'Algunos de los datos no se pueden aceptar.',
  text_invalid: 'Este mensaje está vacío.',
  too_long: 'Este mensaje es demasiado largo.',
  unknown_conversation: 'Esta conversación no existe.',
  unknown_channel: 'Este canal no existe.',
  conversation_ended: 'Esta conversación ha finalizado.',
  conversation_full: 'Esta conversación se ha hecho demasiado larga. Finalícela y empiece otra.',
  not_allowed_now: 'Esto no es posible en este momento.',
  id_reused: 'No se ha podido enviar. Modifique el texto y envíelo de nuevo.',
}

export const chatTexts: CustomerTexts['chatTexts'] = {
  you: 'Usted',
  hint: 'Escriba un mensaje. /end finaliza la conversación, /quit la deja abierta.',
  unknownCommand: 'Esta orden no existe: /end, /quit o /help. Para un texto que empiece por /, escriba //.',
  choose: 'Elija un número o escriba una de estas respuestas.',
  left: 'La conversación sigue abierta. Para volver a ella:',
  waiting: 'Aún no hay respuesta: continuaremos en cuanto la haya. Ctrl-C para salir.',
  endedByYou: 'Ha finalizado la conversación.',
  ended: 'La conversación ha finalizado.',
  erased: 'Esta conversación se ha borrado.',
  rate: 'Valore la conversación con /rate y de 1 (muy mal) a 5 (muy bien), con un texto si lo desea. Intro para salir.',
  rated: 'Gracias por su valoración.',
}

export const mailTexts: CustomerTexts['mailTexts'] = {
  promise: 'También recibirá la respuesta por correo electrónico.',
  subject: '{{company}}: respuesta a su mensaje',
  intro: '{{company}} le ha respondido en el chat:',
  resume: 'Continuar la conversación',
  read: 'Leer la conversación',
  linkValid: 'Este enlace abre su conversación durante {{days}} días. Por favor, no lo comparta.',
  reply: 'También puede responder directamente a este correo.',
  replyAbove: 'Escriba su respuesta por encima de esta línea',
  reason: 'Recibe este correo porque indicó esta dirección en un chat con {{company}}.',
  unsubscribe: 'Darse de baja',
  unsubscribeTitle: 'Correos de los chats',
  unsubscribeAsk:
    '¿No desea recibir más correos cuando alguien responda después de que haya salido de un chat?',
  unsubscribed: 'Se ha dado de baja. No recibirá más correos de los chats.',
  unsubscribeInvalid: 'Este enlace ya no es válido. Use el del último correo.',
  filesLeftOut: '(Los archivos de un correo no se pueden incluir. Envíelos por el chat, por favor.)',
}
