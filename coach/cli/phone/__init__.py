"""`coach phone`: the phone page, served or written out."""
