// The page of frontdesk-admin.
