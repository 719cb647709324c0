"""A phone to look at: the chat with the bot as one platform's client shows it, for whoever opens the page."""
