/** The words of the administration for the look of a channel’s widget, its sites, and what its agents see of customers. */
export const look = {
  lookHint:
    'How the widget of this channel looks. What a page says itself wins. Pages that are open already show a change when they are loaded again, a minute later at most.',
  chooseColour: 'Choose the colour',
  accentContrast: (text: string, contrast: string) =>
    `The text on it is ${text}, chosen for you: contrast ${contrast}.`,
  textColours: { black: 'black', white: 'white' },
  accentFaint: 'On a white page this colour hardly stands out: the button may be overlooked.',
  lookTitleHint: 'The heading of the chat. Empty: the page’s own title-text, or “Chat with us”.',
  logoHint:
    'The https address of a small image, shown beside the title. A page with a content security policy must allow it there: img-src.',
  sides: { unset: 'Automatic', left: 'Left', right: 'Right' },
  sideHint: 'Automatic: right, and left where one writes from right to left.',
  launcherPreview: 'The button as it stands on the page',
  attributes: 'What agents see of the customer',
  attributesHint:
    'Names of claims in your JWT, marked as verified, and of attributes that the page gives; with commas between. Others stay hidden.',
  embedHint: 'These two lines, anywhere in the page:',
  origins: 'Other sites that may have this channel',
  originsHint:
    'One origin a line, such as https://www.example.com: www and without are two. Pages of the gateway’s own FRONTDESK_ORIGINS may have every channel.',
}
