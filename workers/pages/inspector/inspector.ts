import { html, type TemplateResult, unsafeCSS } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import { type NavigationLink, PageShell } from '../base/shell.ts'
import { shellWords } from '../base/words.ts'
import conversationStyle from './conversation/conversation.css'
import './conversation/conversation-page.ts'
import stepStyle from './conversation/step.css'
import './dead-letters-page.ts'
import './find-page.ts'
import style from './inspector.css'
import './refusals-page.ts'
import { type InspectorRoute, linkTo, readRoute } from './route.ts'
import './waiting-page.ts'
import { words } from './words.ts'

/** The inspector, as a whole page. */
class FrontdeskInspector extends PageShell<InspectorRoute> {
  static override styles = [...PageShell.styles, ...[style, conversationStyle, stepStyle].map(unsafeCSS)]
  protected readonly pageRole = 'engineer'
  protected readonly words = shellWords('en')
  protected readonly navigationName = words.navigation

  protected readRoute(hash: string): InspectorRoute {
    return readRoute(hash)
  }

  protected isSamePlace(current: InspectorRoute, next: InspectorRoute): boolean {
    return current.page === next.page && current.page !== 'conversation'
  }

  protected pageTitle(): string {
    return this.route.page === 'conversation' ? this.route.id : words.pages[this.route.page]
  }

  protected navigation(): NavigationLink[] {
    const pages: InspectorRoute[] = [
      { page: 'find', filters: {} },
      { page: 'waiting' },
      { page: 'refusals' },
      { page: 'deadLetters' },
    ]
    const current = this.route.page === 'conversation' ? 'find' : this.route.page
    return pages.map((route) => ({
      href: linkTo(route),
      label: words.pages[route.page as keyof typeof words.pages],
      isCurrent: route.page === current,
    }))
  }

  protected override get layout(): string {
    return this.route.page
  }

  protected content(): TemplateResult {
    const { route } = this
    switch (route.page) {
      case 'find':
        return html`<inspector-find .filters=${route.filters}></inspector-find>`
      case 'conversation':
        return html`${keyed(
          route.id,
          html`<inspector-conversation .route=${route}></inspector-conversation>`,
        )}`
      case 'waiting':
        return html`<inspector-waiting></inspector-waiting>`
      case 'refusals':
        return html`<inspector-refusals></inspector-refusals>`
      case 'deadLetters':
        return html`<inspector-dead-letters .seq=${route.seq}></inspector-dead-letters>`
    }
  }
}

customElements.define('frontdesk-inspector', FrontdeskInspector)
