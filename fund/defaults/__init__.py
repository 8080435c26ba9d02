"""Partners that do not pay when a call is due: notice, interest from the due date, cure."""
