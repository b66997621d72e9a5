"""What is special to this repository's own run; everything a user needs is in the plugin."""

pytest_plugins = ["pytester"]
