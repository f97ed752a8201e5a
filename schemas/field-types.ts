interface FieldTypeSettings {
  /** Whether the customer chooses one of the options that the field lists, instead of typing. */
  hasOptions: boolean
  /** Attributes of the HTML control. */
  inputMode: 'text' | 'email' | 'tel' | 'numeric' | 'decimal' | 'url'
  autocomplete: string
  autocapitalize: 'none' | 'sentences'
}

/** The types of a form's fields, and how each is entered. `engine/texts/details.ts` checks the answers. */
export const fieldTypes = {
  text: {
    hasOptions: false,
    inputMode: 'text',
    autocomplete: 'on',
    autocapitalize: 'sentences',
  },
  email: {
    hasOptions: false,
    inputMode: 'email',
    autocomplete: 'email',
    autocapitalize: 'none',
  },
  select: {
    hasOptions: true,
    inputMode: 'text',
    autocomplete: 'off',
    autocapitalize: 'sentences',
  },
} as const satisfies Record<string, FieldTypeSettings>

export type FieldType = keyof typeof fieldTypes
export const fieldTypeNames = /* @__PURE__ */ Object.keys(fieldTypes) as FieldType[]

/** The types that a channel may ask for; a bot may ask for every type. */
export const channelFieldTypeNames = ['text', 'select'] as const satisfies FieldType[]
export type ChannelFieldType = (typeof channelFieldTypeNames)[number]

/** Answers that are accepted; unused where the field has options. */
export const exampleAnswers: Record<FieldType, string> = {
  text: 'An answer',
  email: 'camille@example.com',
  select: '',
}

/** Why an answer to a field is refused; the codes are stable. */
export const fieldErrors = [
  'required',
  'too_long',
  'invalid',
  'email_accented',
  'email_invalid',
  'option_unknown',
] as const
export type FieldError = (typeof fieldErrors)[number]
