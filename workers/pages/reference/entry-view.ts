import { html, nothing, type TemplateResult } from 'lit'
import type { HttpRequest, Messages, NamedSchema, OpenApi, ReferenceEntry, ShownSchema } from './documents.ts'
import { json, type Named, prose, schemaView } from './schema-view.ts'
import { words } from './words.ts'

type Schemes = OpenApi['components']['securitySchemes']

/** One entry of the reference, in full. */
export function entryView({ described }: ReferenceEntry, schemes: Schemes, named: Named): TemplateResult {
  switch (described.kind) {
    case 'http':
      return requestView(described, schemes, named)
    case 'messages':
      return messagesView(described, named)
    case 'schema':
      return namedSchemaView(described, named)
  }
}

function section(title: string, content: unknown): TemplateResult {
  return html`<section class="part"><h2>${title}</h2>${content}</section>`
}

function contentView(
  content: Record<string, { schema: ShownSchema }> | undefined,
  named: Named,
): TemplateResult {
  if (!content) return html`<p class="hint">${words.noBody}</p>`
  return html`${Object.entries(content).map(
    ([type, { schema }]) => html`
      ${type === 'application/json' ? nothing : html`<p class="hint"><code>${type}</code></p>`}
      ${schemaView(schema, named)}
    `,
  )}`
}

function requestView(request: HttpRequest, schemes: Schemes, named: Named): TemplateResult {
  const { method, path, summary, description, security, parameters = [], requestBody, responses } = request
  const senders = security.flatMap((one) => Object.keys(one))
  return html`
    <h1 tabindex="-1"><span class="method">${method}</span> <span class="address">${path}</span></h1>
    <div class="lead">${prose(summary)}</div>
    ${description === undefined ? nothing : prose(description)}
    ${section(
      words.signIn,
      senders.length === 0
        ? html`<p>${words.anybody}</p>`
        : html`<ul class="plain">${senders.map((name) => html`<li>${prose(schemes[name]?.description ?? name)}</li>`)}</ul>`,
    )}
    ${
      parameters.length === 0
        ? nothing
        : section(
            words.parameters,
            html`<ul class="fields">
              ${parameters.map(
                ({ name, in: place, description, required, schema }) => html`
                  <li>
                    <p class="field-line">
                      <code class="field-name">${name}</code>
                      <span class="limit">${words.inPlace[place]}</span>
                      ${required ? nothing : html`<span class="optional">${words.optional}</span>`}
                    </p>
                    ${description === undefined ? nothing : html`<div class="note">${prose(description)}</div>`}
                    ${schemaView(schema, named)}
                  </li>
                `,
              )}
            </ul>`,
          )
    }
    ${requestBody ? section(words.body, contentView(requestBody.content, named)) : nothing}
    ${section(
      words.answers,
      html`${Object.entries(responses).map(
        ([status, response]) => html`
          <h3 class="status">${status}</h3>
          ${prose(response.description)} ${contentView(response.content, named)}
        `,
      )}`,
    )}
  `
}

function messagesView(
  { address, action, channel, roles, messages, answers }: Messages,
  named: Named,
): TemplateResult {
  const isOne = messages.length === 1
  return html`
    <h1 tabindex="-1"><span class="address">${address}</span></h1>
    <div class="lead">${prose(channel.summary ?? '')}</div>
    <p class="sides">
      <span>${action === 'receive' ? words.receives : words.sends}</span>
      ${roles.map((role) => html`<span>${role}</span>`)}
    </p>
    ${channel.description === undefined ? nothing : prose(channel.description)}
    ${messages.map((message) => section(isOne ? words.message : (message.title ?? message.name), messageView(message, named)))}
    ${answers.length === 0 ? nothing : section(words.answer, html`${answers.map((answer) => messageView(answer, named))}`)}
  `
}

function messageView(
  { payload, headers, examples: [example] = [] }: Messages['messages'][number],
  named: Named,
) {
  return html`
    ${payload ? schemaView(payload, named) : html`<p class="hint">${words.noBody}</p>`}
    ${headers ? html`<h3>${words.headers}</h3>${schemaView(headers, named)}` : nothing}
    ${example ? html`<h3>${words.example}</h3>${Object.values(example).map(json)}` : nothing}
  `
}

function namedSchemaView({ name, schema }: NamedSchema, named: Named): TemplateResult {
  const { description, examples = [] } = schema
  return html`
    <h1 tabindex="-1">${name}</h1>
    ${description === undefined ? nothing : prose(description)} ${section(words.fields, schemaView(schema, named))}
    ${examples.length === 0 ? nothing : section(words.example, html`${examples.map(json)}`)}
  `
}
