// @ts-check

/**
 * A module of the package, `frontdesk/<name>`: it exports what its source modules export. package.json has it under
 * `exports`, as `dist/<name>.js` and `dist/<name>.d.ts`.
 *
 * @typedef {object} EntryPoint
 * @property {string} name
 * @property {'node' | 'browser'} platform `browser`: it also runs in Node, and imports nothing of Node's
 * @property {string[]} sources
 */

/** The modules that the package offers to programs. @type {EntryPoint[]} */
export const entryPoints = [
  { name: 'client/browser', platform: 'browser', sources: ['workers/client/browser.ts'] },
  { name: 'machine', platform: 'node', sources: ['engine/machines/define-conversation.ts'] },
  { name: 'client', platform: 'node', sources: ['engine/nats/client/client.ts'] },
  {
    name: 'schemas',
    platform: 'browser',
    sources: [
      'schemas/limits.ts',
      'schemas/problem.ts',
      'schemas/result.ts',
      'schemas/token.ts',
      ...inFolder('schemas/conversation', [
        'attachment',
        'call',
        'customer',
        'event',
        'notification',
        'presence',
        'record',
        'request-record',
        'request-state',
      ]),
      ...inFolder('schemas/configuration', [
        'bot',
        'bot-flow',
        'channel',
        'document',
        'localized',
        'look',
        'reply',
        'schedule',
        'workspace',
      ]),
      ...inFolder('schemas/protocol', ['desk', 'numbers', 'widget']),
    ],
  },
]

/** The relative path from an entry point's file to `dist`. @param {string} name */
export function toDist(name) {
  return name.includes('/') ? '../'.repeat(name.split('/').length - 1) : './'
}

/** @param {string} folder @param {string[]} names */
function inFolder(folder, names) {
  return names.map((name) => `${folder}/${name}.ts`)
}
