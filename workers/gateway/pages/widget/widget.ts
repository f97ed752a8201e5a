// The element frontdesk-widget.
