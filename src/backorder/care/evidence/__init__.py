"""All that is known of one order, for a bank, a court or an authority: collected once, written as a page or as data."""
