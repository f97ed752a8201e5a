import type { CustomerTexts } from './customer-texts.ts'

export const texts: CustomerTexts['texts'] = {
  contactForm: 'ご連絡先をお知らせください。',
  form: '次の項目をご入力ください。',
  resolved: 'ご質問は解決しましたか？',
  yes: 'はい',
  no: 'いいえ',
  joined: '{{agent.name}}がご案内いたします。',
  anAgent: '担当者',
  released: '順番待ちに戻りましたが、順番はそのままです。別の担当者がご案内いたします。',
  transferred: '担当へお引き継ぎしています。順番はそのままです。まもなくご案内いたします。',
  stillThere: 'まだいらっしゃいますか？',
  closingSoon: 'お返事がない場合、このチャットはまもなく終了いたします。',
  endedByAgent: '担当者がチャットを終了しました。',
  endedByInactivity: 'お返事がなかったため、チャットを終了しました。',
  retired: 'このチャットは終了しました。もう一度メッセージをお送りいただくと、新しいチャットを開始します。',
  neverOpens: '未定',
}

export const channelTexts: CustomerTexts['channelTexts'] = {
  firstMessage: {
    during: 'こんにちは。ご用件をお聞かせください。',
    outside:
      'ただいま営業時間外です。次の営業開始：{{nextOpen}}。メッセージをお残しいただければ、折り返しご連絡いたします。',
  },
  followUpMessage: {
    during: 'ありがとうございます。担当者がまもなくご案内いたします。',
    outside: 'ありがとうございます。営業再開後に担当者よりご連絡いたします。',
  },
}

export const detailLabels: CustomerTexts['detailLabels'] = { name: 'お名前', email: 'メールアドレス' }

export const exampleMessage = 'こんにちは。注文した商品はいつ届きますか？'

export const fieldErrors: CustomerTexts['fieldErrors'] = {
  required: 'この項目は必須です。',
  too_long: '長すぎます。{{limit}}文字以内で入力してください。',
  invalid: 'ここでは使用できません。',
  email_accented: '半角の英数字で入力してください。',
  email_invalid: 'name@example.jpのような形式のメールアドレスではありません。',
  option_unknown: 'いずれかをお選びください。',
}

export const refusals: CustomerTexts['refusals'] = {
  details_invalid: '入力内容の一部を受け付けられませんでした。',
  text_invalid: 'メッセージが空です。',
  too_long: 'メッセージが長すぎます。',
  unknown_conversation: 'このチャットは存在しません。',
  unknown_channel: 'このチャネルは存在しません。',
  conversation_ended: 'このチャットは終了しました。',
  conversation_full: 'チャットが長くなりすぎました。終了して新しく開始してください。',
  not_allowed_now: '現在この操作はできません。',
  id_reused: '送信できませんでした。内容を変更してもう一度送信してください。',
}

export const chatTexts: CustomerTexts['chatTexts'] = {
  you: 'お客様',
  hint: 'メッセージを入力してください。/endでチャットを終了し、/quitで終了せずに退出します。',
  unknownCommand: 'そのコマンドはありません（/end、/quit、/help）。/で始まる文は//と入力してください。',
  choose: '番号を選ぶか、いずれかを入力してください。',
  left: 'チャットは続いています。戻るには次のコマンドを使います。',
  waiting: 'まだ応答がありません。応答があり次第続行します。Ctrl-Cで退出します。',
  endedByYou: 'チャットを終了しました。',
  ended: 'チャットは終了しました。',
  erased: 'このチャットは削除されました。',
  rate: '/rate と 1（とても悪い）から 5（とても良い）の数字で評価できます。続けてご意見も書けます。Enter で終了します。',
  rated: 'ご評価ありがとうございました。',
}

export const mailTexts: CustomerTexts['mailTexts'] = {
  promise: '回答はメールでもお送りします。',
  subject: '{{company}}：お問い合わせへの回答',
  intro: '{{company}}からチャットで回答がありました。',
  resume: '会話を続ける',
  read: '会話を読む',
  linkValid: 'このリンクは{{days}}日間、お客様の会話を開くことができます。他の方に転送しないでください。',
  reply: 'このメールに直接返信することもできます。',
  replyAbove: 'この行より上に返信をご記入ください',
  reason: 'このメールは、{{company}}とのチャットでこのアドレスをご入力いただいたためお送りしています。',
  unsubscribe: '配信停止',
  unsubscribeTitle: 'チャットからのメール',
  unsubscribeAsk: 'チャットを離れた後に回答があった場合のメールを停止しますか？',
  unsubscribed: '配信を停止しました。今後、チャットからのメールは届きません。',
  unsubscribeInvalid: 'このリンクは無効になりました。最新のメールのリンクをお使いください。',
  filesLeftOut: '（メールの添付ファイルはお預かりできません。チャットでお送りください。）',
}
