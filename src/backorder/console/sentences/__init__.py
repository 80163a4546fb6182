"""What the journal says, in sentences, by the matter that it is about; `journal` puts them together."""
