"""Sessions as iCalendar: RFC 5545, with the properties of a feed that RFC 7986 adds."""
