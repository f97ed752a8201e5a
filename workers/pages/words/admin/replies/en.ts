/** The words of the administration for saved replies. */
export const replies = {
  replies: 'Saved replies',
  repliesLead: 'What agents say often: they type / in the desk, pick one, and change it before they send it.',
  newReply: 'New saved reply',
  noReplies: 'No saved replies yet',
  noRepliesHelp: 'Save what your agents write again and again, such as where to send a parcel back.',
  title: 'Title',
  titleHint: 'By which agents find it. Customers do not see it.',
  replyIdHint: 'For files and the command line. It cannot be changed later.',
  shortcut: 'Shortcut',
  shortcutHint: 'Found first, by / and these letters: /refund.',
  replyText: 'Text',
  replyTextHint:
    'Placeholders are filled in as the agent inserts it. Lists, **bold**, *italic* and `code` are shown as such.',
  replyWorkspace: 'Workspace',
  everyWorkspace: 'All workspaces',
  replyPlaceholders: {
    'customer.name': 'the customer’s name, where it is known',
    'customer.email': 'the customer’s e-mail address, where it is known',
    'customer.externalId': 'the customer’s number, where it is known',
    'agent.name': 'the agent’s name',
    channel: 'the channel’s id',
  },
  replyPreview: 'As a customer reads it',
  deleteReply: 'Delete saved reply',
  deleteReplyEffect: (title: string) => `“${title}” is gone from every desk. What was sent stays.`,
}
