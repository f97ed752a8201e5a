interface FieldTypeSettings {
  /** Whether the customer chooses one of the options that the field lists, instead of typing. */
  hasOptions: boolean
  /** Whether a channel may ask for it; a bot may ask for every type. */
  isForChannels: boolean
  /** Attributes of the HTML control. */
  inputMode: 'text' | 'email' | 'tel' | 'numeric' | 'decimal' | 'url'
  autocomplete: string
  autocapitalize: 'none' | 'sentences'
  /** An answer that is accepted; unused where the field has options. */
  example: string
}

/** The types of a form's fields, and how each is entered. `engine/texts/details.ts` checks the answers. */
export const fieldTypes = {
  text: {
    hasOptions: false,
    isForChannels: true,
    inputMode: 'text',
    autocomplete: 'on',
    autocapitalize: 'sentences',
    example: 'An answer',
  },
  email: {
    hasOptions: false,
    isForChannels: false,
    inputMode: 'email',
    autocomplete: 'email',
    autocapitalize: 'none',
    example: 'camille@example.com',
  },
  select: {
    hasOptions: true,
    isForChannels: true,
    inputMode: 'text',
    autocomplete: 'off',
    autocapitalize: 'sentences',
    example: '',
  },
} as const satisfies Record<string, FieldTypeSettings>

export type FieldType = keyof typeof fieldTypes
export type ChannelFieldType = {
  [T in FieldType]: (typeof fieldTypes)[T]['isForChannels'] extends true ? T : never
}[FieldType]

export const fieldTypeNames = /* @__PURE__ */ Object.keys(fieldTypes) as FieldType[]
export const channelFieldTypeNames = /* @__PURE__ */ fieldTypeNames.filter(
  (type): type is ChannelFieldType => fieldTypes[type].isForChannels,
)

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
