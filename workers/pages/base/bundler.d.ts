/** A style sheet is imported as its text, minified. */
declare module '*.css' {
  const text: string
  export default text
}

/** `import.meta.glob` as in Vite: the named export of each file that matches, by the file's path. */
interface ImportMeta {
  glob<Export>(pattern: string, options: { eager: true; import: string }): Record<string, Export>
}
