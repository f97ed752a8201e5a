/** The values of fields of a workspace that are not set. Pages use them, too: a schema would need eval there. */
export const workspaceDefaults = { routing: 'broadcast', offerTimeout: 'PT30S', capacity: 3 } as const
