import type { CustomerTexts } from './customer-texts.ts'

export const texts: CustomerTexts['texts'] = {
  contactForm: 'Por favor, diga-nos como podemos entrar em contato:',
  form: 'Por favor, informe:',
  resolved: 'Isso respondeu à sua pergunta?',
  yes: 'Sim',
  no: 'Não',
  joined: '{{agent.name}} entrou na conversa.',
  anAgent: 'Um agente',
  released: 'O seu pedido voltou à fila e mantém o seu lugar. Outro agente dará continuidade ao atendimento.',
  transferred: 'O seu pedido está sendo encaminhado e mantém o seu lugar. Alguém responderá em breve.',
  stillThere: 'Ainda está aí?',
  closingSoon: 'Sem notícias suas, encerraremos esta conversa em breve.',
  endedByAgent: 'O agente encerrou a conversa.',
  endedByInactivity: 'A conversa foi encerrada, pois não tivemos mais notícias suas.',
  retired: 'Esta conversa foi encerrada. Escreva-nos novamente e iniciaremos outra.',
  neverOpens: 'novo aviso',
}

export const channelTexts: CustomerTexts['channelTexts'] = {
  firstMessage: {
    during: 'Olá! Como podemos ajudar?',
    outside: 'Estamos fechados até {{nextOpen}}. Deixe uma mensagem e responderemos.',
  },
  followUpMessage: {
    during: 'Obrigado, {{customer.name}}. Um agente responderá em breve.',
    outside: 'Obrigado, {{customer.name}}. Um agente responderá assim que reabrirmos.',
  },
}

export const detailLabels: CustomerTexts['detailLabels'] = { name: 'Nome', email: 'E-mail' }

export const exampleMessage = 'Olá, onde está o meu pedido?'

export const fieldErrors: CustomerTexts['fieldErrors'] = {
  required: 'Este dado é necessário.',
  too_long: 'É longo demais: no máximo {{limit}} caracteres.',
  invalid: 'Isto não pode ser usado aqui.',
  email_accented: 'Apenas letras de A a Z: um endereço de e-mail não tem acentos.',
  email_invalid: 'Isto não é um endereço de e-mail como nome@exemplo.com.',
  option_unknown: 'Escolha uma destas respostas.',
}

export const refusals: CustomerTexts['refusals'] = {
  details_invalid: 'Alguns dos dados não podem ser aceitos.',
  text_invalid: 'Esta mensagem está vazia.',
  too_long: 'Esta mensagem é longa demais.',
  unknown_conversation: 'Esta conversa não existe.',
  unknown_channel: 'Este canal não existe.',
  conversation_ended: 'Esta conversa foi encerrada.',
  conversation_full: 'Esta conversa ficou longa demais. Encerre-a e inicie outra.',
  not_allowed_now: 'Isto não é possível neste momento.',
  id_reused: 'Não foi possível enviar. Altere o texto e envie novamente.',
}

export const chatTexts: CustomerTexts['chatTexts'] = {
  you: 'Você',
  hint: 'Escreva uma mensagem. /end encerra a conversa, /quit a deixa aberta.',
  unknownCommand:
    'Este comando não existe: /end, /quit ou /help. Para um texto que começa com /, escreva //.',
  choose: 'Escolha um número ou escreva uma destas respostas.',
  left: 'A conversa continua aberta. Para voltar a ela:',
  waiting: 'Ainda sem resposta: continuaremos assim que houver uma. Ctrl-C para sair.',
  endedByYou: 'Você encerrou a conversa.',
  ended: 'A conversa foi encerrada.',
  erased: 'Esta conversa foi apagada.',
  rate: 'Avalie a conversa com /rate e de 1 (muito ruim) a 5 (muito boa), com um texto se quiser. Enter para sair.',
  rated: 'Obrigado pela sua avaliação.',
}

export const mailTexts: CustomerTexts['mailTexts'] = {
  promise: 'A resposta também chegará por e-mail.',
  subject: '{{company}}: resposta à sua mensagem',
  intro: '{{company}} respondeu-lhe no chat:',
  resume: 'Continuar a conversa',
  read: 'Ler a conversa',
  linkValid: 'Este link abre a sua conversa durante {{days}} dias. Por favor, não o partilhe.',
  reply: 'Ou responda diretamente a este e-mail.',
  replyAbove: 'Escreva a sua resposta acima desta linha',
  reason: 'Recebe este e-mail porque indicou este endereço num chat com {{company}}.',
  unsubscribe: 'Cancelar subscrição',
  unsubscribeTitle: 'E-mails dos chats',
  unsubscribeAsk: 'Não quer receber mais e-mails quando alguém responder depois de sair de um chat?',
  unsubscribed: 'Subscrição cancelada. Não receberá mais e-mails dos chats.',
  unsubscribeInvalid: 'Este link já não é válido. Use o do e-mail mais recente.',
  filesLeftOut: '(Os ficheiros de um e-mail não podem ser transmitidos. Envie-os no chat, por favor.)',
}
