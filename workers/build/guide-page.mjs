// @ts-check
import { readFileSync } from 'node:fs'
import { Marked } from 'marked'
import { projectFile } from './project-folder.mjs'

const readme = 'engine/machines/README.md'
const section = /^## Bots as data$.*?(?=^## )/ms

/**
 * The guide to bots as a page, for administrators, who need not have the sources: a section of a README. Throws where
 * the section is missing.
 */
export function guidePage() {
  const [text] = section.exec(readFileSync(projectFile(readme), 'utf8')) ?? []
  if (text === undefined) throw new Error(`${readme} has no section "Bots as data"`)
  const marked = new Marked({
    walkTokens: (token) => {
      // The section is a page of its own.
      if (token.type === 'heading') token.depth--
    },
    renderer: {
      // Links lead to other files of the sources.
      link({ tokens }) {
        return this.parser.parseInline(tokens)
      },
    },
  })
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>frontdesk · bots as data</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="../page.css">
<body>
<main class="guide">
${marked.parse(text)}</main>
`
}
