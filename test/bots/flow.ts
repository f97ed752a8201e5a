// Steps of bots as their authors write them: unchecked, so that tests can also write wrong ones.

/** A bot with its answers by their ids, of which the first begins. */
export function flowOf(answers: Record<string, object[]>, more: object = {}) {
  return { id: 'helper', ...more, answers: Object.entries(answers).map(([id, steps]) => ({ id, steps })) }
}

export function message(text: string, more: object = {}) {
  return { type: 'message', text, ...more }
}

/** A question; `goTo` has the answer that each label leads to. */
export function options(text: string, goTo: Record<string, string>, more: object = {}) {
  const written = Object.entries(goTo).map(([label, goTo]) => ({ label, goTo }))
  return { type: 'options', ...more, text, options: written }
}

/** Leads to an answer where all conditions hold, otherwise to another one. */
export function branch(when: object[], goTo: string, otherwise: string, more: object = {}) {
  return { type: 'branch', cases: [{ when, goTo }], otherwise, ...more }
}

export function link(goTo: string, more: object = {}) {
  return { type: 'link', goTo, ...more }
}

export function end(text: string) {
  return { type: 'end', text }
}

/** The answers of most flows end in one of these. */
export const person = [{ type: 'transfer' }]
export const goodbye = [end('Goodbye!')]
