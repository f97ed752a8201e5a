import type { CustomerTexts } from './customer-texts.ts'

export const texts: CustomerTexts['texts'] = {
  contactForm: 'يُرجى إخبارنا بكيفية التواصل معكم:',
  form: 'يُرجى إخبارنا بما يلي:',
  resolved: 'هل أجبنا عن سؤالكم؟',
  yes: 'نعم',
  no: 'لا',
  joined: 'انضم {{agent.name}} إلى المحادثة.',
  anAgent: 'أحد موظفينا',
  released: 'عدتم إلى قائمة الانتظار مع الاحتفاظ بدوركم. سيتولى موظف آخر خدمتكم.',
  transferred: 'يجري تحويل طلبكم مع الاحتفاظ بدوركم. سيرد عليكم أحد موظفينا قريبًا.',
  stillThere: 'هل ما زلتم معنا؟',
  closingSoon: 'إذا لم يصلنا منكم رد، فسنغلق هذه المحادثة قريبًا.',
  endedByAgent: 'أنهى الموظف المحادثة.',
  endedByInactivity: 'انتهت المحادثة لأنه لم يصلنا منكم رد.',
  retired: 'انتهت هذه المحادثة. راسلونا مجددًا لنبدأ محادثة جديدة.',
  neverOpens: 'إشعار آخر',
}

export const channelTexts: CustomerTexts['channelTexts'] = {
  firstMessage: {
    during: 'مرحبًا! كيف يمكننا مساعدتكم؟',
    outside: 'نحن مغلقون حتى {{nextOpen}}. اتركوا لنا رسالة وسنرد عليكم.',
  },
  followUpMessage: {
    during: 'شكرًا {{customer.name}}، سيرد عليكم أحد موظفينا قريبًا.',
    outside: 'شكرًا {{customer.name}}، سيرد عليكم أحد موظفينا عند عودتنا إلى العمل.',
  },
}

export const detailLabels: CustomerTexts['detailLabels'] = { name: 'الاسم', email: 'البريد الإلكتروني' }

export const exampleMessage = 'مرحبًا، أين طلبي؟'

export const fieldErrors: CustomerTexts['fieldErrors'] = {
  required: 'هذه المعلومة مطلوبة.',
  too_long: 'النص طويل جدًا: {{limit}} حرفًا كحد أقصى.',
  invalid: 'لا يمكن استخدام هذا هنا.',
  email_accented: 'الأحرف اللاتينية من A إلى Z فقط في عنوان البريد الإلكتروني.',
  email_invalid: 'هذا ليس عنوان بريد إلكتروني صالحًا مثل name@example.com.',
  option_unknown: 'يُرجى اختيار إحدى هذه الإجابات.',
}

export const refusals: CustomerTexts['refusals'] = {
  details_invalid: 'تعذّر قبول بعض البيانات.',
  text_invalid: 'هذه الرسالة فارغة.',
  too_long: 'هذه الرسالة طويلة جدًا.',
  unknown_conversation: 'هذه المحادثة غير موجودة.',
  unknown_channel: 'هذه القناة غير موجودة.',
  conversation_ended: 'انتهت هذه المحادثة.',
  conversation_full: 'أصبحت هذه المحادثة طويلة جدًا. يُرجى إنهاؤها وبدء محادثة جديدة.',
  not_allowed_now: 'لا يمكن ذلك الآن.',
  id_reused: 'تعذّر الإرسال. يُرجى تعديل النص وإرساله مرة أخرى.',
}

export const chatTexts: CustomerTexts['chatTexts'] = {
  you: 'أنتم',
  hint: 'اكتبوا رسالة. ‎/end لإنهاء المحادثة، و‎/quit لتركها مفتوحة.',
  unknownCommand: 'لا يوجد أمر كهذا: ‎/end أو ‎/quit أو ‎/help. لكتابة نص يبدأ بالرمز / اكتبوا //.',
  choose: 'اختاروا رقمًا أو اكتبوا إحدى هذه الإجابات.',
  left: 'ما زالت المحادثة مفتوحة. للعودة إليها:',
  waiting: 'لا رد حتى الآن: ستستمر المحادثة عند وصول رد. Ctrl-C للخروج.',
  endedByYou: 'لقد أنهيتم المحادثة.',
  ended: 'انتهت المحادثة.',
  erased: 'حُذفت هذه المحادثة.',
  rate: 'قيّم المحادثة بكتابة ‎/rate‎ ثم رقم من 1 (سيئة جدًا) إلى 5 (جيدة جدًا)، مع نص إن أردت. اضغط Enter للخروج.',
  rated: 'شكرًا على تقييمك.',
}

export const mailTexts: CustomerTexts['mailTexts'] = {
  promise: 'سيصلكم الرد أيضًا عبر البريد الإلكتروني.',
  subject: '{{company}}: رد على رسالتكم',
  intro: 'ردّت عليكم {{company}} في المحادثة:',
  resume: 'متابعة المحادثة',
  read: 'قراءة المحادثة',
  linkValid: 'يفتح هذا الرابط محادثتكم لمدة {{days}} أيام. يُرجى عدم مشاركته.',
  reply: 'أو يمكنكم الرد مباشرة على هذه الرسالة.',
  replyAbove: 'يُرجى كتابة ردكم فوق هذا السطر',
  reason: 'تصلكم هذه الرسالة لأنكم أدخلتم هذا العنوان في محادثة مع {{company}}.',
  unsubscribe: 'إلغاء الاشتراك',
  unsubscribeTitle: 'رسائل المحادثات',
  unsubscribeAsk: 'هل تريدون إيقاف الرسائل التي تصلكم عندما يرد أحد بعد مغادرتكم المحادثة؟',
  unsubscribed: 'تم إلغاء اشتراككم. لن تصلكم رسائل أخرى من المحادثات.',
  unsubscribeInvalid: 'لم يعد هذا الرابط صالحًا. استخدموا الرابط الموجود في آخر رسالة.',
  filesLeftOut: '(لا يمكن نقل الملفات المرفقة بالبريد الإلكتروني. يُرجى إرسالها في المحادثة.)',
}
