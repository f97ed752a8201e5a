import type { BotKind } from '../../../../schemas/configuration/bot.ts'
import type { AdminWords } from '../../base/words.ts'

/** The text of a new bot. */
export function botTemplate(
  kind: BotKind,
  { id, name }: { id: string; name: string },
  { greeting, question, first, answer, second }: AdminWords['botTemplate'],
): string {
  const head = `id: ${written(id)}\n${name ? `name: ${written(name)}\n` : ''}`
  if (kind === 'external') return `${head}external:\n  silence: PT30S\n`
  if (kind === 'machine') return `${head}machine: my-machine\n`
  return `${head}greeting: ${written(greeting)}
answers:
  - id: welcome
    steps:
      - type: options
        name: topic
        text: ${written(question)}
        options:
          - label: ${written(first)}
            goTo: hours
          - label: ${written(second)}
            goTo: person
        freeText:
          goTo: person

  - id: hours
    steps:
      - type: message
        text: ${written(answer)}
      - type: resolved
        no: person

  - id: person
    steps:
      - type: transfer
`
}

/** A text as YAML has it: in quotes where it could be taken for something else. */
function written(text: string): string {
  const isPlain = /^\p{L}(?:[^:#]|:(?! ))*$/u.test(text) && !/^(true|false|null)$|\s$/i.test(text)
  return isPlain ? text : JSON.stringify(text)
}
