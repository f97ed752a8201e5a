import type { ProblemWords, ValueType } from '../../../schemas/problem.ts'

/** The words around every page: navigation, sign-in, sign-out, unsaved changes. */
export const shell = {
  skip: 'Skip to the content',
  loading: 'Loading…',
  tryAgain: 'Try again',
  signOut: 'Sign out',
  signInTitle: {
    agent: 'Sign in to the desk',
    administrator: 'Sign in to the administration',
    engineer: 'Sign in to the inspector',
  },
  /** Signed in, but in a role that has another page. */
  signedInElsewhere: (name: string) => `You are signed in as ${name}, but not for this page.`,
  goTo: {
    agent: 'Go to the desk',
    administrator: 'Go to the administration',
    engineer: 'Go to the inspector',
  },
  signInHere: 'On the computer where frontdesk runs, this prints a sign-in link:',
  yourName: '<name>',
  signInCompany: 'If your company has a sign-in page for frontdesk, go there.',
  linkFailed:
    'This link was used already, or is too old: a link holds 10 minutes, one of npm start an hour. Make a new one.',
  /** `why` is the gateway's or the identity provider's word, in English. */
  signInFailed: (why: string) => `You were not let in: ${why}.`,
  replaceSignIn: (name: string) =>
    `You are signed in as ${name}. This link signs in somebody else. Sign in as them instead?`,
  sessionOver:
    'Your sign-in has ended. Open a new sign-in link in another tab, then come back: nothing here is lost.',
  unreachable: 'frontdesk cannot be reached',
  unreachableHelp: 'Check your connection, and that the gateway runs.',
  leavingTitle: 'Your changes are not saved',
  leavingHelp: 'If you leave now, they are lost.',
  stay: 'Stay here',
  leaveWithout: 'Leave without saving',
  saveAndLeave: 'Save and leave',
}

/** The words for each problem with a field of a document, in the administration. */
export const problems: ProblemWords = {
  required: () => 'Is missing',
  wrong_type: ({ expected }) => `Must be ${types[expected]}`,
  not_one_of: ({ values }) => `Must be one of ${values.join(', ')}`,
  no_variant: ({ values, types: named }) =>
    `Must be ${[...values, ...named.map((type) => types[type])].join(' or ')}`,
  unknown_type: (step) => `There is no such kind of step. There are ${step.types.join(', ')}`,
  unknown_field: ({ field }) => `There is no field “${field}” here`,
  reserved_name: () => 'Must not be __proto__',
  invalid: () => 'Is not valid',
  empty: () => 'Must not be empty',
  too_long: ({ max }) => `At most ${max} characters`,
  too_few: ({ min }) => `At least ${min}`,
  too_many: ({ max }) => `At most ${max} entries`,
  too_low: ({ min }) => `At least ${min}`,
  too_high: ({ max }) => `At most ${max}`,
  too_large: ({ max }) => `Too large: at most ${max} bytes in all`,
  too_deep: ({ max }) => `Nested too deeply: at most ${max} levels`,
  not_a_token: () => '1 to 64 characters of A to Z, a to z, 0 to 9, _ and -',
  not_a_date: () => 'A date is missing',
  not_an_instant: () => 'Must be a time such as 2026-06-05T15:00:00Z',
  not_a_duration: ({ daysMax }) => `A time longer than nothing, at most ${daysMax} days`,
  not_a_time_zone: () => 'No zone that exists: choose one from the list, such as Europe/Paris',
  unknown_kind: ({ kind, kinds }) => `There is no kind ${kind}. There are ${kinds.join(', ')}`,
  other_id: ({ id }) => `Must be ${id}: an id cannot be changed`,
  select_without_options: () => 'A choice needs at least one option',
  asked_twice: () => 'Is asked twice: give each its own id, other than name and email',
  not_ascending: () => 'Each step must be later than the one before',
  not_after: () => 'Ends before it begins',
  before: () => 'Ends before it begins',
  longer_than_a_year: () => 'Must be shorter than a year: it comes back every year',
  not_a_calendar: () => 'Must be a holiday or calendar.<id>',
  too_many_calendars: ({ max }) => `At most ${max} calendars`,
  own_overflow: () => 'Must be another workspace',
  duplicate_label: () => 'Two options have the same label',
  not_one_comparison: () => 'Must have one of is, isNot, contains, startsWith, isKnown',
  not_an_api_url: () => 'Must be an http or https address whose host has no {{…}}, and no user',
  not_a_header_name: () => 'This name cannot be used here',
  not_a_header_value: () => 'Must be ASCII, on one line',
  not_a_result_path: () => 'Must be a path such as order.items.0.name',
  not_a_call_timeout: ({ secondsMax }) => `Whole milliseconds, at most ${secondsMax} seconds`,
  duplicate_answer: ({ answer }) => `There are two answers “${answer}”`,
  duplicate_step: ({ step }) => `There are two steps “${step}” in this answer`,
  unreachable_step: ({ after }) => `Is never reached: the step “${after}” leads elsewhere`,
  unreachable_answer: () => 'Is never reached: nothing leads to its answer',
  dead_end: () => 'Is a dead end: nothing follows. Add a step such as link, transfer or end',
  unknown_answer: ({ answer }) => `There is no answer “${answer}” to go to`,
  endless_circle: () =>
    'Only leads round in a circle: the customer is never asked, and no agent or end is reached',
  circle_too_large: ({ bytes, max }) =>
    `Says ${bytes} bytes and may be repeated at once: at most ${max} are allowed`,
  too_many_variables: ({ count, max }) => `${count} variables are too many: at most ${max}`,
  too_many_details: ({ count, max }) => `${count} details are too many: at most ${max}`,
  unknown_variable: ({ name }) => `There is no variable “${name}”: no step sets it`,
  unknown_detail: ({ name }) => `No step asks for the detail “${name}”`,
  unknown_option: ({ name }) => `There is no options step with the name “${name}”`,
  unknown_placeholder: ({ name, known }) =>
    `There is nothing called “${name}” to fill in. There is ${known.join(', ')}`,
  too_many_placeholders: ({ count, max }) => `${count} places to fill in are too many: at most ${max}`,
  misplaced_placeholder: () => 'Is shown as it is: nothing can be filled in here',
  misplaced_secret: () => 'A secret may stand only in a header of a call',
  not_a_secret: () => 'A header takes {{secret.<name>}} only',
  not_a_zendesk_response: () => 'Not a response of the Zendesk Schedules API: it has no list “schedules”',
  not_a_zendesk_zone: () => 'No time zone of Zendesk, such as “Paris”, nor one such as Europe/Paris',
  duplicate_id: () => 'Another schedule has the same id',
  never_opens: () => 'No hours: it never opens',
  not_ics: () => 'No calendar file: it must have a line BEGIN:VCALENDAR',
  no_events: () => 'It has no event',
  not_an_event: ({ reason }) => `Not a valid event: ${reason}`,
  not_whole_days: ({ from, to }) =>
    `Not whole days, but from ${from} to ${to}: left out. Add it by hand, with its open hours`,
  event_cancelled: () => 'Cancelled: left out',
  rule_expanded: ({ from, to, count }) =>
    `Its dates differ from year to year: it became ${count} dates from ${from} to ${to}. Import it again before then`,
  rule_not_supported: ({ rule }) => `Its rule is not supported: ${rule}`,
  rule_too_long: ({ max }) => `Its rule has more than ${max} dates`,
  spans_days: () =>
    'Runs over several days, and is open day and night. If hours of each day were meant, correct it once it is saved',
  no_timer: () => 'No timer runs here',
  yaml_tab: () => 'Indent with spaces, not with tabs',
  yaml_indentation: () =>
    'Here, or just before, the indentation is not right, or a text with a colon needs quotes',
  yaml_missing_character: () =>
    'Here, or just before, something is missing: a colon, a comma, a closing quote or bracket, or indentation',
  yaml_duplicate_key: () => 'This field is here twice',
  yaml_unknown_alias: ({ alias }) => `There is no &${alias} before *${alias}`,
  yaml_too_many_aliases: () => 'Repeats too much with aliases (*)',
  yaml_too_deep: ({ max }) => `Is nested deeper than ${max} levels`,
  yaml_complex_key: () => 'The name of a field must be a plain text',
  yaml_several_documents: () => 'A bot is one document: nothing may follow ---',
  not_yaml: ({ reason }) => `Not YAML: ${reason}`,
  takes_too_long: ({ secondsMax }) => `Takes more than ${secondsMax} seconds to read`,
}

const types: Record<ValueType, string> = {
  string: 'text, in quotes if need be',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with fields',
  null: 'null',
}
