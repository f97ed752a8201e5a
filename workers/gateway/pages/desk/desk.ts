// The page of frontdesk-desk.
